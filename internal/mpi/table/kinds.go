package table

// The slots of a frame. A kind of argument that few calls have takes the next
// of the X slots; results take the R slots. The macros of engine.c use the
// same numbers.
const (
	SlotSend    = 0 // address, count, type
	SlotRecv    = 3
	SlotOp      = 6
	SlotRoot    = 7
	SlotPeer    = 8
	SlotTag     = 9
	SlotPeer2   = 10
	SlotTag2    = 11
	SlotComm    = 12
	SlotSCounts = 13
	SlotSDispls = 14
	SlotRCounts = 15
	SlotRDispls = 16
	SlotSTypes  = 17
	SlotRTypes  = 18
	SlotWin     = 19
	SlotX       = 20
	SlotR       = 32
	Slots       = 40
)

// Kind says what an argument or result is: how it is read from Lua, checked,
// and where it lies in a frame.
type Kind uint8

// The kinds. An array that a collective cuts in parts has a kind of its own
// for each rule of how many elements it must have.
const (
	Send         Kind = iota // array that is only read
	Recv                     // array that is written
	InOut                    // array that is read or written, in the send slots
	SendN                    // one part for each rank
	RecvN                    // one part from each rank
	RootSendN                // … of meaning on the root only
	RootRecvN                //
	SendV                    // parts of given counts and displacements
	RecvV                    //
	RootSendV                //
	RootRecvV                //
	SendW                    // … and types
	RecvW                    //
	Reduce                   // what a reduction reads: array or number
	Reduced                  // what it writes: as long as what it reads
	RootReduced              // … on the root only
	ExReduced                // … not on rank 0
	BlockReduced             // one of size equal parts of what it reads
	PartReduced              // a part of a given count
	Op
	Root
	Dest
	Source
	Tag
	AnyTag
	Source2 // second peer and tag of a Sendrecv
	AnyTag2
	Comm
	SCounts // list of a number for each rank
	SDispls
	RCounts
	RDispls
	STypes
	RTypes
	Status1 // a status that the call reads
	Int
	Aint
	Bool
	Double
	String
	Text  // a string result
	Ints  // a list: takes two slots, count and address
	Aints //
	Types //
	Triples
	Weights // a list or nil
	Comm1   // a communicator that is not the one that the call is about
	Group
	Type
	Info
	Win
	File
	Message
	Request
	Requests
	Status
	Statuses
	Op1
	Function
	Any
	Array // a result: the receive array of the call
	Self  // a result: the first argument of the call
	kinds
)

// kindRows gives each kind its name in calls.h and its first slot. Slot -1
// means the next X slots, as many as wide says; 0 wide means no slot.
var kindRows = [kinds]struct {
	name string
	slot int
	wide int
}{
	Send: {"send", SlotSend, 3}, Recv: {"recv", SlotRecv, 3}, InOut: {"inout", SlotSend, 3},
	SendN: {"sendn", SlotSend, 3}, RecvN: {"recvn", SlotRecv, 3},
	RootSendN: {"rootsendn", SlotSend, 3}, RootRecvN: {"rootrecvn", SlotRecv, 3},
	SendV: {"sendv", SlotSend, 3}, RecvV: {"recvv", SlotRecv, 3},
	RootSendV: {"rootsendv", SlotSend, 3}, RootRecvV: {"rootrecvv", SlotRecv, 3},
	SendW: {"sendw", SlotSend, 3}, RecvW: {"recvw", SlotRecv, 3},
	Reduce: {"reduce", SlotSend, 3}, Reduced: {"reduced", SlotRecv, 3}, RootReduced: {"rootreduced", SlotRecv, 3},
	ExReduced: {"exreduced", SlotRecv, 3}, BlockReduced: {"blockreduced", SlotRecv, 3}, PartReduced: {"recvs", SlotRecv, 3},
	Op: {"op", SlotOp, 1}, Root: {"root", SlotRoot, 1}, Dest: {"dest", SlotPeer, 1}, Source: {"source", SlotPeer, 1},
	Tag: {"tag", SlotTag, 1}, AnyTag: {"anytag", SlotTag, 1}, Source2: {"source2", SlotPeer2, 1}, AnyTag2: {"anytag2", SlotTag2, 1},
	Comm: {"comm", SlotComm, 1}, SCounts: {"scounts", SlotSCounts, 1}, SDispls: {"sdispls", SlotSDispls, 1},
	RCounts: {"rcounts", SlotRCounts, 1}, RDispls: {"rdispls", SlotRDispls, 1},
	STypes: {"stypes", SlotSTypes, 1}, RTypes: {"rtypes", SlotRTypes, 1}, Status1: {"status1", -1, 0},
	Int: {"int", -1, 1}, Aint: {"aint", -1, 1}, Bool: {"bool", -1, 1}, Double: {"double", -1, 1},
	String: {"string", -1, 1}, Text: {"text", -1, 1}, Ints: {"ints", -1, 2}, Aints: {"aints", -1, 2}, Types: {"types", -1, 2},
	Triples: {"triples", -1, 2}, Weights: {"weights", -1, 1}, Comm1: {"comm1", -1, 1}, Group: {"group", -1, 1}, Type: {"type", -1, 1}, Info: {"info", -1, 1},
	Win: {"win", SlotWin, 1}, File: {"file", -1, 1}, Message: {"message", -1, 1}, Request: {"request", -1, 1},
	Requests: {"requests", -1, 0}, Status: {"status", -1, 0}, Statuses: {"statuses", -1, 0}, Op1: {"op1", -1, 0},
	Function: {"function", -1, 0}, Any: {"any", -1, 0}, Array: {"array", -1, 0}, Self: {"self", -1, 0},
}

var kindByName = func() map[string]Kind {
	m := map[string]Kind{}
	for k, row := range kindRows {
		m[row.name] = Kind(k)
	}
	return m
}()

// String returns the name that calls.h uses.
func (k Kind) String() string { return kindRows[k].name }

// shown are the names of arguments that calls.h does not name.
var shown = map[Kind]string{
	InOut: "array", SendN: "send", RootSendN: "send", SendV: "send", RootSendV: "send", SendW: "send", Reduce: "send",
	RecvN: "recv", RootRecvN: "recv", RecvV: "recv", RootRecvV: "recv", RecvW: "recv", Reduced: "recv", RootReduced: "recv",
	ExReduced: "recv", BlockReduced: "recv", PartReduced: "recv", AnyTag: "tag", Source2: "source", AnyTag2: "recvtag",
	SCounts: "counts", RCounts: "counts", SDispls: "displs", RDispls: "displs", Status1: "status", Op1: "op",
}

// IsArray reports whether the argument is an array.
func (k Kind) IsArray() bool { return k <= PartReduced }
