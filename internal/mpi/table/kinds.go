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
	Kinds // how many there are
)

// kindRow is what the table knows of a kind: where it lies in a frame, and how the
// documentation names an argument of it. What is done with one is in luampi.
type kindRow struct {
	name    string // in calls.h
	slot    int    // the first, or anySlot
	wide    int    // how many; 0 for none
	shown   string // what an argument is called that calls.h does not name; "" is name
	beside  string // the same in a call that has such lists for both of its arrays
	missing string // of a kind that may be left out in every call: what it is then
}

// anySlot stands for the next of the X slots.
const anySlot = -1

// newArray is what arrays that take results are when they are left out.
const newArray = "a new array"

var kindRows = [Kinds]kindRow{
	Send: {name: "send", slot: SlotSend, wide: 3}, Recv: {name: "recv", slot: SlotRecv, wide: 3},
	InOut: {name: "inout", slot: SlotSend, wide: 3, shown: "array"},
	SendN: {name: "sendn", slot: SlotSend, wide: 3, shown: "send"}, RecvN: {name: "recvn", slot: SlotRecv, wide: 3, shown: "recv", missing: newArray},
	RootSendN: {name: "rootsendn", slot: SlotSend, wide: 3, shown: "send"}, RootRecvN: {name: "rootrecvn", slot: SlotRecv, wide: 3, shown: "recv", missing: newArray},
	SendV: {name: "sendv", slot: SlotSend, wide: 3, shown: "send"}, RecvV: {name: "recvv", slot: SlotRecv, wide: 3, shown: "recv", missing: newArray},
	RootSendV: {name: "rootsendv", slot: SlotSend, wide: 3, shown: "send"}, RootRecvV: {name: "rootrecvv", slot: SlotRecv, wide: 3, shown: "recv", missing: newArray},
	SendW: {name: "sendw", slot: SlotSend, wide: 3, shown: "send"}, RecvW: {name: "recvw", slot: SlotRecv, wide: 3, shown: "recv"},
	Reduce:       {name: "reduce", slot: SlotSend, wide: 3, shown: "send"},
	Reduced:      {name: "reduced", slot: SlotRecv, wide: 3, shown: "recv", missing: newArray},
	RootReduced:  {name: "rootreduced", slot: SlotRecv, wide: 3, shown: "recv", missing: newArray},
	ExReduced:    {name: "exreduced", slot: SlotRecv, wide: 3, shown: "recv", missing: newArray},
	BlockReduced: {name: "blockreduced", slot: SlotRecv, wide: 3, shown: "recv", missing: newArray},
	PartReduced:  {name: "recvs", slot: SlotRecv, wide: 3, shown: "recv", missing: newArray},
	Op:           {name: "op", slot: SlotOp, wide: 1}, Root: {name: "root", slot: SlotRoot, wide: 1, missing: "0"},
	Dest: {name: "dest", slot: SlotPeer, wide: 1}, Source: {name: "source", slot: SlotPeer, wide: 1, missing: "ANY_SOURCE"},
	Tag: {name: "tag", slot: SlotTag, wide: 1, missing: "0"}, AnyTag: {name: "anytag", slot: SlotTag, wide: 1, shown: "tag", missing: "ANY_TAG"},
	Source2: {name: "source2", slot: SlotPeer2, wide: 1, shown: "source", missing: "ANY_SOURCE"}, AnyTag2: {name: "anytag2", slot: SlotTag2, wide: 1, shown: "recvtag", missing: "ANY_TAG"},
	Comm:    {name: "comm", slot: SlotComm, wide: 1, missing: "COMM_WORLD"},
	SCounts: {name: "scounts", slot: SlotSCounts, wide: 1, shown: "counts", beside: "sendcounts"},
	SDispls: {name: "sdispls", slot: SlotSDispls, wide: 1, shown: "displs", beside: "sdispls", missing: "one after another"},
	RCounts: {name: "rcounts", slot: SlotRCounts, wide: 1, shown: "counts", beside: "recvcounts"},
	RDispls: {name: "rdispls", slot: SlotRDispls, wide: 1, shown: "displs", beside: "rdispls", missing: "one after another"},
	STypes:  {name: "stypes", slot: SlotSTypes, wide: 1, beside: "sendtypes"}, RTypes: {name: "rtypes", slot: SlotRTypes, wide: 1, beside: "recvtypes"},
	Status1: {name: "status1", slot: anySlot, shown: "status"},
	Int:     {name: "int", slot: anySlot, wide: 1}, Aint: {name: "aint", slot: anySlot, wide: 1}, Bool: {name: "bool", slot: anySlot, wide: 1},
	Double: {name: "double", slot: anySlot, wide: 1}, String: {name: "string", slot: anySlot, wide: 1}, Text: {name: "text", slot: anySlot, wide: 1},
	Ints: {name: "ints", slot: anySlot, wide: 2}, Aints: {name: "aints", slot: anySlot, wide: 2},
	Types: {name: "types", slot: anySlot, wide: 2}, Triples: {name: "triples", slot: anySlot, wide: 2},
	Weights: {name: "weights", slot: anySlot, wide: 1, missing: "none"}, Comm1: {name: "comm1", slot: anySlot, wide: 1},
	Group: {name: "group", slot: anySlot, wide: 1}, Type: {name: "type", slot: anySlot, wide: 1}, Info: {name: "info", slot: anySlot, wide: 1},
	Win: {name: "win", slot: SlotWin, wide: 1}, File: {name: "file", slot: anySlot, wide: 1},
	Message: {name: "message", slot: anySlot, wide: 1}, Request: {name: "request", slot: anySlot, wide: 1},
	Requests: {name: "requests", slot: anySlot}, Status: {name: "status", slot: anySlot}, Statuses: {name: "statuses", slot: anySlot},
	Op1: {name: "op1", slot: anySlot, shown: "op"}, Function: {name: "function", slot: anySlot},
	Any: {name: "any", slot: anySlot}, Array: {name: "array", slot: anySlot}, Self: {name: "self", slot: anySlot},
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

// IsArray reports whether the argument is an array.
func (k Kind) IsArray() bool { return kindRows[k].slot == SlotSend || kindRows[k].slot == SlotRecv }
