/*
 * The table of calls: each call of the module "mpi" is one line here. C expands it into one switch (engine.c), Go
 * reads the same text for names, kinds of arguments, documentation and tests (table.go).
 *
 *   CALL(name, class, since, "section", "arguments", "results", call, other, "documentation")
 *
 * class   P2P    call starts the operation, which sets REQ (and REQ2); the engine waits for it
 *         POLL   call is repeated until it sets FLAG
 *         START  call starts an operation whose request the script gets
 *         COLL   call is the blocking form, other the non-blocking one: the line gives name and Iname
 *         SYNC   collective without a non-blocking form
 *         LOCAL  needs no other process
 *         HAND   written out in Go: requests, environment
 *         TWIN   takes any Lua value; written out in Go on top of the other lines
 * since   the version of the standard that has it: M31, M40
 * A word of arguments or results is name:kind=default, or just the kind; kinds.go lists the kinds with their slots.
 * X(n) is the n-th slot of arguments that have no slot of their own, R(n) the n-th result.
 */

/* chapter: Environment */
CALL(Init,              HAND,  M31, "8.7",   "", "", NONE, NONE, "Is accepted in ported programs: MPI is initialised before user code runs.")
CALL(Init_thread,       HAND,  M31, "12.4.3","required:int=THREAD_SERIALIZED", "provided:int", NONE, NONE, "Is accepted in ported programs and gives the thread level that is provided.")
CALL(Initialized,       HAND,  M31, "8.7",   "", "flag:bool", NONE, NONE, "Tells whether MPI is initialised.")
CALL(Finalize,          HAND,  M31, "8.7",   "", "", NONE, NONE, "Is accepted in ported programs: MPI is finalised when the process ends.")
CALL(Finalized,         LOCAL, M31, "8.7",   "", "flag:bool", MPI_Finalized(&R(0).n), NONE, "Tells whether MPI is finalised.")
CALL(Abort,             HAND,  M31, "8.7",   "code:int=1 comm", "", NONE, NONE, "Ends every process of the job with the exit code.")
CALL(Query_thread,      LOCAL, M31, "12.4.3","", "provided:int", MPI_Query_thread(&R(0).n), NONE, "Gives the thread level that MPI provides.")
CALL(Is_thread_main,    LOCAL, M31, "12.4.3","", "flag:bool", MPI_Is_thread_main(&R(0).n), NONE, "Tells whether this thread initialised MPI.")
CALL(Wtime,             LOCAL, M31, "8.6",   "", "seconds:double", (R(0).d = MPI_Wtime(), MPI_SUCCESS), NONE, "Gives the seconds since some moment in the past.")
CALL(Wtick,             LOCAL, M31, "8.6",   "", "seconds:double", (R(0).d = MPI_Wtick(), MPI_SUCCESS), NONE, "Gives the resolution of Wtime in seconds.")
CALL(Get_processor_name,LOCAL, M31, "8.1.2", "", "name:text", MPI_Get_processor_name(TEXT, &R(0).n), NONE, "Gives the name of the machine.")
CALL(Get_version,       LOCAL, M31, "8.1.1", "", "version:int subversion:int", MPI_Get_version(&R(0).n, &R(1).n), NONE, "Gives version and subversion of the MPI standard that the library offers.")
CALL(Get_library_version,LOCAL,M31, "8.1.1", "", "version:text", MPI_Get_library_version(TEXT, &R(0).n), NONE, "Gives the name and version of the MPI library.")
CALL(Error_class,       LOCAL, M31, "8.4",   "code:int", "class:int", MPI_Error_class(X(0).n, &R(0).n), NONE, "Gives the class of an error code.")
CALL(Error_string,      LOCAL, M31, "8.3",   "code:int", "text:text", MPI_Error_string(X(0).n, TEXT, &R(0).n), NONE, "Gives the text of an error code.")
CALL(Add_error_class,   LOCAL, M31, "8.5",   "", "class:int", MPI_Add_error_class(&R(0).n), NONE, "Makes a new error class.")
CALL(Add_error_code,    LOCAL, M31, "8.5",   "class:int", "code:int", MPI_Add_error_code(X(0).n, &R(0).n), NONE, "Makes a new error code of a class.")
CALL(Add_error_string,  LOCAL, M31, "8.5",   "code:int text:string", "", MPI_Add_error_string(X(0).n, X(1).str), NONE, "Sets the text of an error code that was added.")

/* chapter: Communicators */
CALL(Comm_rank,         HAND,  M31, "6.4.1", "comm", "rank:int", NONE, NONE, "Gives the rank of this process in the communicator, from 0.")
CALL(Comm_size,         HAND,  M31, "6.4.1", "comm", "size:int", NONE, NONE, "Gives the number of processes of the communicator.")
CALL(Comm_compare,      LOCAL, M31, "6.4.1", "a:comm1 b:comm1", "result:int", MPI_Comm_compare(X(0).comm, X(1).comm, &R(0).n), NONE, "Compares two communicators: IDENT, CONGRUENT, SIMILAR or UNEQUAL.")
CALL(Comm_dup,          SYNC,  M31, "6.4.2", "comm", "new:comm", MPI_Comm_dup(COMM, &R(0).comm), NONE, "Makes a communicator of the same processes whose messages are apart.")
CALL(Comm_create,       SYNC,  M31, "6.4.2", "group comm", "new:comm", MPI_Comm_create(COMM, X(0).group, &R(0).comm), NONE, "Makes a communicator of a group; every process of comm must call it. Others get COMM_NULL.")
CALL(Comm_create_group, SYNC,  M31, "6.4.2", "group tag:int=0 comm", "new:comm", MPI_Comm_create_group(COMM, X(0).group, X(1).n, &R(0).comm), NONE, "Makes a communicator of a group; only its members call it.")
CALL(Comm_split,        SYNC,  M31, "6.4.2", "color:int key:int=0 comm", "new:comm", MPI_Comm_split(COMM, X(0).n, X(1).n, &R(0).comm), NONE, "Splits the communicator into one for each colour, ordered by key. Colour UNDEFINED gives COMM_NULL.")
CALL(Comm_split_type,   SYNC,  M31, "6.4.2", "type:int key:int=0 info=INFO_NULL comm", "new:comm", MPI_Comm_split_type(COMM, X(0).n, X(1).n, X(2).info, &R(0).comm), NONE, "Splits the communicator by what processes share: COMM_TYPE_SHARED for memory.")
CALL(Comm_free,         HAND,  M31, "6.4.3", "comm!", "", mpiclus_comm_free(&COMM, &X(0).comm, &X(1).comm), NONE, "Frees a communicator; collective. Using it afterwards is an error.")
CALL(Comm_group,        LOCAL, M31, "6.4.1", "comm", "group", MPI_Comm_group(COMM, &R(0).group), NONE, "Gives the group of the communicator's processes.")
CALL(Comm_test_inter,   LOCAL, M31, "6.6.1", "comm", "flag:bool", MPI_Comm_test_inter(COMM, &R(0).n), NONE, "Tells whether the communicator is an inter-communicator.")
CALL(Comm_remote_size,  LOCAL, M31, "6.6.1", "comm!", "size:int", MPI_Comm_remote_size(COMM, &R(0).n), NONE, "Gives the number of processes of the remote group.")
CALL(Comm_remote_group, LOCAL, M31, "6.6.1", "comm!", "group", MPI_Comm_remote_group(COMM, &R(0).group), NONE, "Gives the remote group of an inter-communicator.")
CALL(Comm_set_name,     LOCAL, M31, "6.8",   "name:string comm", "", MPI_Comm_set_name(COMM, X(0).str), NONE, "Names the communicator for messages and debuggers.")
CALL(Comm_get_name,     LOCAL, M31, "6.8",   "comm", "name:text", MPI_Comm_get_name(COMM, TEXT, &R(0).n), NONE, "Gives the name of the communicator.")
CALL(Intercomm_create,  SYNC,  M31, "6.6.2", "leader:int peer:comm1 remote:int tag:int=0 comm", "new:comm", MPI_Intercomm_create(COMM, X(0).n, X(1).comm, X(2).n, X(3).n, &R(0).comm), NONE, "Makes an inter-communicator of two groups whose leaders share the communicator peer.")
CALL(Intercomm_merge,   SYNC,  M31, "6.6.2", "high:bool comm!", "new:comm", MPI_Intercomm_merge(COMM, X(0).n, &R(0).comm), NONE, "Makes a communicator of both groups of an inter-communicator.")

/* chapter: Groups */
CALL(Group_size,        LOCAL, M31, "6.3.1", "group", "size:int", MPI_Group_size(X(0).group, &R(0).n), NONE, "Gives the number of processes of the group.")
CALL(Group_rank,        LOCAL, M31, "6.3.1", "group", "rank:int", MPI_Group_rank(X(0).group, &R(0).n), NONE, "Gives the rank of this process in the group, or UNDEFINED.")
CALL(Group_translate_ranks,LOCAL,M31,"6.3.1","group ranks:ints other:group", "ranks:ints(1)", MPI_Group_translate_ranks(X(0).group, X(1).n, X(2).ints, X(3).group, R(0).ints), NONE, "Gives for ranks of one group those of the same processes in the other, UNDEFINED where there is none.")
CALL(Group_compare,     LOCAL, M31, "6.3.1", "group other:group", "result:int", MPI_Group_compare(X(0).group, X(1).group, &R(0).n), NONE, "Compares two groups: IDENT, SIMILAR or UNEQUAL.")
CALL(Group_union,       LOCAL, M31, "6.3.2", "group other:group", "new:group", MPI_Group_union(X(0).group, X(1).group, &R(0).group), NONE, "Makes the group of the processes of either group.")
CALL(Group_intersection,LOCAL, M31, "6.3.2", "group other:group", "new:group", MPI_Group_intersection(X(0).group, X(1).group, &R(0).group), NONE, "Makes the group of the processes of both groups.")
CALL(Group_difference,  LOCAL, M31, "6.3.2", "group other:group", "new:group", MPI_Group_difference(X(0).group, X(1).group, &R(0).group), NONE, "Makes the group of the processes of the first group that are not in the other.")
CALL(Group_incl,        LOCAL, M31, "6.3.2", "group ranks:ints", "new:group", MPI_Group_incl(X(0).group, X(1).n, X(2).ints, &R(0).group), NONE, "Makes the group of the listed ranks, in that order.")
CALL(Group_excl,        LOCAL, M31, "6.3.2", "group ranks:ints", "new:group", MPI_Group_excl(X(0).group, X(1).n, X(2).ints, &R(0).group), NONE, "Makes the group without the listed ranks.")
CALL(Group_range_incl,  LOCAL, M31, "6.3.2", "group ranges:triples", "new:group", MPI_Group_range_incl(X(0).group, X(1).n, X(2).triples, &R(0).group), NONE, "Makes the group of ranges of ranks, each {first, last, stride}.")
CALL(Group_range_excl,  LOCAL, M31, "6.3.2", "group ranges:triples", "new:group", MPI_Group_range_excl(X(0).group, X(1).n, X(2).triples, &R(0).group), NONE, "Makes the group without ranges of ranks, each {first, last, stride}.")
CALL(Group_free,        LOCAL, M31, "6.3.3", "group!free", "", MPI_Group_free(&X(0).group), NONE, "Frees the group; it also frees itself when it is garbage.")

/* chapter: Messages */
CALL(Send,              P2P,   M31, "3.2.1", "send dest tag comm", "", MPI_Isend(SEND, PEER, TAG, COMM, REQ), NONE, "Sends an array; returns when it may be changed again.")
CALL(Ssend,             P2P,   M31, "3.4",   "send dest tag comm", "", MPI_Issend(SEND, PEER, TAG, COMM, REQ), NONE, "Sends an array; returns when its receive has started.")
CALL(Rsend,             P2P,   M31, "3.4",   "send dest tag comm", "", MPI_Irsend(SEND, PEER, TAG, COMM, REQ), NONE, "Sends an array for which a receive must have been posted.")
CALL(Recv,              P2P,   M31, "3.2.4", "recv source anytag comm", "status", MPI_Irecv(RECV, PEER, TAG, COMM, REQ), NONE, "Receives into an array; gives the status of the message, which may be shorter than the array.")
CALL(Sendrecv,          P2P,   M31, "3.10",  "send dest tag recv source2 anytag2 comm", "status", BOTH(MPI_Irecv(RECV, PEER2, TAG2, COMM, REQ), MPI_Isend(SEND, PEER, TAG, COMM, REQ2)), NONE, "Sends one array and receives another at the same time; gives the status of the one received.")
CALL(Isend,             START, M31, "3.7.2", "send dest tag comm", "request", MPI_Isend(SEND, PEER, TAG, COMM, REQ), NONE, "Starts to send an array, which must not be changed until the request is complete.")
CALL(Issend,            START, M31, "3.7.2", "send dest tag comm", "request", MPI_Issend(SEND, PEER, TAG, COMM, REQ), NONE, "Starts a send that is complete when its receive has started.")
CALL(Irsend,            START, M31, "3.7.2", "send dest tag comm", "request", MPI_Irsend(SEND, PEER, TAG, COMM, REQ), NONE, "Starts a send for which a receive must have been posted.")
CALL(Irecv,             START, M31, "3.7.2", "recv source anytag comm", "request", MPI_Irecv(RECV, PEER, TAG, COMM, REQ), NONE, "Starts to receive into an array, which must not be used until the request is complete.")
CALL(Probe,             POLL,  M31, "3.8.1", "source anytag comm", "status", MPI_Iprobe(PEER, TAG, COMM, FLAG, STATUS), NONE, "Waits for a message and gives its status without receiving it.")
CALL(Iprobe,            LOCAL, M31, "3.8.1", "source anytag comm", "flag:bool status", MPI_Iprobe(PEER, TAG, COMM, &R(0).n, STATUS), NONE, "Tells whether a message is there, and its status.")
CALL(Mprobe,            POLL,  M31, "3.8.2", "source anytag comm", "message status", MPI_Improbe(PEER, TAG, COMM, FLAG, &R(0).message, STATUS), NONE, "Waits for a message and takes it out of the queue, for Mrecv.")
CALL(Improbe,           LOCAL, M31, "3.8.2", "source anytag comm", "flag:bool message status", MPI_Improbe(PEER, TAG, COMM, &R(0).n, &R(1).message, STATUS), NONE, "Takes a message out of the queue if there is one.")
CALL(Mrecv,             P2P,   M31, "3.8.3", "recv message", "status", MPI_Imrecv(RECV, &X(0).message, REQ), NONE, "Receives the message that Mprobe took.")
CALL(Imrecv,            START, M31, "3.8.3", "recv message", "request", MPI_Imrecv(RECV, &X(0).message, REQ), NONE, "Starts to receive the message that Mprobe took.")
CALL(Get_count,         LOCAL, M31, "3.2.5", "status1 type", "count:int", MPI_Get_count(STATUS, X(0).type, &R(0).n), NONE, "Gives how many elements of a type came; UNDEFINED if that is no whole number.")
CALL(Get_elements,      LOCAL, M31, "4.1.11","status1 type", "count:int", MPI_Get_elements(STATUS, X(0).type, &R(0).n), NONE, "Gives how many basic elements of a type came.")

/* chapter: Requests */
CALL(Wait,              HAND,  M31, "3.7.3", "request", "status", NONE, NONE, "Waits until the request is complete and gives its status.")
CALL(Waitall,           HAND,  M31, "3.7.5", "requests", "statuses", NONE, NONE, "Waits until all requests of a list are complete and gives the list of their statuses.")
CALL(Waitany,           HAND,  M31, "3.7.5", "requests", "index:int status", NONE, NONE, "Waits until one request of a list is complete and gives its index, from 1 (nil if none is active), and status.")
CALL(Waitsome,          HAND,  M31, "3.7.5", "requests", "indices:ints statuses", NONE, NONE, "Waits until some requests of a list are complete and gives the lists of their indices (nil if none is active) and statuses.")
CALL(Test,              HAND,  M31, "3.7.3", "request", "flag:bool status", NONE, NONE, "Tells whether the request is complete, and its status if so.")
CALL(Testall,           HAND,  M31, "3.7.5", "requests", "flag:bool statuses", NONE, NONE, "Tells whether all requests are complete, and their statuses if so.")
CALL(Testany,           HAND,  M31, "3.7.5", "requests", "flag:bool index:int status", NONE, NONE, "Tells whether one request is complete, its index from 1 and its status.")
CALL(Testsome,          HAND,  M31, "3.7.5", "requests", "indices:ints statuses", NONE, NONE, "Gives the indices and statuses of the requests that are complete.")
CALL(Cancel,            HAND,  M31, "3.8.4", "request", "", MPI_Cancel(&X(0).request), NONE, "Asks to cancel a request, which must be waited for all the same; Test_cancelled on its status tells whether it was.")
CALL(Test_cancelled,    LOCAL, M31, "3.8.4", "status1", "flag:bool", MPI_Test_cancelled(STATUS, &R(0).n), NONE, "Tells whether the operation of a status was cancelled.")
CALL(Request_free,      HAND,  M31, "3.7.3", "request", "", NONE, NONE, "Gives a request up; its operation goes on, its array is kept until the end of it.")
CALL(Request_get_status,HAND,  M31, "3.7.6", "request", "flag:bool status", NONE, NONE, "Tells whether the request is complete without ending it.")

/* chapter: Collective operations */
CALL(Barrier,           COLL,  M31, "5.3",   "comm", "", MPI_Barrier(COMM), MPI_Ibarrier(COMM, REQ), "Waits until every process of the communicator is here.")
CALL(Bcast,             COLL,  M31, "5.4",   "inout root comm", "array", MPI_Bcast(SEND, ROOT, COMM), MPI_Ibcast(SEND, ROOT, COMM, REQ), "Copies the array of the root to every process.")
CALL(Gather,            COLL,  M31, "5.5",   "send rootrecvn root comm", "array", MPI_Gather(SEND, RECV, ROOT, COMM), MPI_Igather(SEND, RECV, ROOT, COMM, REQ), "Puts the arrays of all processes one after another on the root.")
CALL(Gatherv,           COLL,  M31, "5.5",   "send rootrecvv rcounts rdispls root comm", "array", MPI_Gatherv(SEND, RECVV, ROOT, COMM), MPI_Igatherv(SEND, RECVV, ROOT, COMM, REQ), "Gathers arrays of different lengths: counts and displacements (in elements, from 0) for each rank.")
CALL(Scatter,           COLL,  M31, "5.6",   "rootsendn recv root comm", "array", MPI_Scatter(SEND, RECV, ROOT, COMM), MPI_Iscatter(SEND, RECV, ROOT, COMM, REQ), "Deals the root's array out, an equal part to each process.")
CALL(Scatterv,          COLL,  M31, "5.6",   "rootsendv recv scounts sdispls root comm", "array", MPI_Scatterv(SENDV, RECV, ROOT, COMM), MPI_Iscatterv(SENDV, RECV, ROOT, COMM, REQ), "Deals the root's array out in parts of different lengths.")
CALL(Allgather,         COLL,  M31, "5.7",   "send recvn comm", "array", MPI_Allgather(SEND, RECV, COMM), MPI_Iallgather(SEND, RECV, COMM, REQ), "Puts the arrays of all processes one after another on every process.")
CALL(Allgatherv,        COLL,  M31, "5.7",   "send recvv rcounts rdispls comm", "array", MPI_Allgatherv(SEND, RECVV, COMM), MPI_Iallgatherv(SEND, RECVV, COMM, REQ), "Gathers arrays of different lengths on every process.")
CALL(Alltoall,          COLL,  M31, "5.8",   "sendn recvn comm", "array", MPI_Alltoall(SEND, RECV, COMM), MPI_Ialltoall(SEND, RECV, COMM, REQ), "Sends part i of the array to rank i and receives part j from rank j.")
CALL(Alltoallv,         COLL,  M31, "5.8",   "sendv scounts sdispls recvv rcounts rdispls comm", "array", MPI_Alltoallv(SENDV, RECVV, COMM), MPI_Ialltoallv(SENDV, RECVV, COMM, REQ), "As Alltoall with parts of different lengths.")
CALL(Reduce,            COLL,  M31, "5.9.1", "reduce rootreduced op root comm", "array", MPI_Reduce(REDUCE, ROOT, COMM), MPI_Ireduce(REDUCE, ROOT, COMM, REQ), "Combines the arrays of all processes element by element on the root. Also takes a number; gives nil off the root.")
CALL(Allreduce,         COLL,  M31, "5.9.6", "reduce reduced op comm", "array", MPI_Allreduce(REDUCE, COMM), MPI_Iallreduce(REDUCE, COMM, REQ), "Combines the arrays of all processes on every process. Also takes a number.")
CALL(Reduce_local,      LOCAL, M31, "5.9.7", "reduce reduced! op", "array", MPI_Reduce_local(REDUCE), NONE, "Combines the first array into the second one, without communication.")
CALL(Reduce_scatter_block,COLL,M31, "5.10.1","reduce blockreduced op comm", "array", MPI_Reduce_scatter_block(REDUCEB, COMM), MPI_Ireduce_scatter_block(REDUCEB, COMM, REQ), "Combines arrays and deals the result out in equal parts.")
CALL(Reduce_scatter,    COLL,  M31, "5.10.2","reduce recvs rcounts op comm", "array", MPI_Reduce_scatter(REDUCEV, COMM), MPI_Ireduce_scatter(REDUCEV, COMM, REQ), "Combines arrays and deals the result out in parts of the given lengths.")
CALL(Scan,              COLL,  M31, "5.11.1","reduce reduced op comm", "array", MPI_Scan(REDUCE, COMM), MPI_Iscan(REDUCE, COMM, REQ), "Combines the arrays of ranks 0 to one's own. Also takes a number.")
CALL(Exscan,            COLL,  M31, "5.11.2","reduce exreduced op comm", "array", MPI_Exscan(REDUCE, COMM), MPI_Iexscan(REDUCE, COMM, REQ), "Combines the arrays of the ranks below one's own; on rank 0 the receive array stays as it is, and a number gives nil.")

/* chapter: Operations */
CALL(Op_create,         HAND,  M31, "5.9.5", "f:function commute:bool=true", "op", mpiclus_op_create(X(0).n, X(1).n, &R(0).u), NONE, "Makes an op of a Lua function of two elements that gives their combination.")
CALL(Op_create_array,   HAND,  M31, "5.9.5", "f:function commute:bool=true", "op", NONE, NONE, "Makes an op of a Lua function f(inn, inout) that combines whole arrays into inout.")
CALL(Op_free,           HAND,  M31, "5.9.5", "op1!free", "", MPI_Op_free(&X(0).op), NONE, "Frees an op that a script made; it also frees itself when it is garbage.")
CALL(Op_commutative,    LOCAL, M31, "5.9.7", "op", "flag:bool", MPI_Op_commutative(OPER, &R(0).n), NONE, "Tells whether an op is commutative.")

/* chapter: Any Lua value */
CALL(send,              TWIN,  M31, "3.2.1", "value:any dest tag comm", "", NONE, NONE, "Sends any Lua value.")
CALL(recv,              TWIN,  M31, "3.2.4", "source anytag comm", "value:any status", NONE, NONE, "Receives a Lua value that send, isend or sendrecv sent; gives it and its status.")
CALL(sendrecv,          TWIN,  M31, "3.10",  "value:any dest tag source2 anytag2 comm", "value:any status", NONE, NONE, "Sends a Lua value and receives another.")
CALL(isend,             TWIN,  M31, "3.7.2", "value:any dest tag comm", "request", NONE, NONE, "Starts to send a Lua value.")
CALL(irecv,             TWIN,  M31, "3.7.2", "source anytag comm", "request", NONE, NONE, "Starts to receive a Lua value; wait and test of the request give the value and its status. A long value comes in while this process waits in any call but a collective that cannot be left.")
CALL(bcast,             TWIN,  M31, "5.4",   "value:any root comm", "value:any", NONE, NONE, "Gives the root's value to every process.")
CALL(gather,            TWIN,  M31, "5.5",   "value:any root comm", "values:any", NONE, NONE, "Gives the root the list of all processes' values, in rank order: entry r + 1 is rank r's.")
CALL(scatter,           TWIN,  M31, "5.6",   "values:any root comm", "value:any", NONE, NONE, "Deals the root's list out, entry r + 1 to rank r.")
CALL(allgather,         TWIN,  M31, "5.7",   "value:any comm", "values:any", NONE, NONE, "Gives every process the list of all processes' values.")
CALL(alltoall,          TWIN,  M31, "5.8",   "values:any comm", "values:any", NONE, NONE, "Sends entry r + 1 of the list to rank r and gives the list of what came.")
CALL(reduce,            TWIN,  M31, "5.9.1", "value:any op:any root comm", "value:any", NONE, NONE, "Combines the values of all processes in rank order on the root, with an op or a Lua function of two values.")
CALL(allreduce,         TWIN,  M31, "5.9.6", "value:any op:any comm", "value:any", NONE, NONE, "Combines the values of all processes in rank order on every process.")
CALL(scan,              TWIN,  M31, "5.11.1","value:any op:any comm", "value:any", NONE, NONE, "Combines the values of ranks 0 to one's own.")
CALL(exscan,            TWIN,  M31, "5.11.2","value:any op:any comm", "value:any", NONE, NONE, "Combines the values of the ranks below one's own; nil on rank 0.")

/* chapter: This software */
CALL(cancellable,       HAND,  M31, "",      "on:bool=true", "before:bool", NONE, NONE, "Makes collective calls ones that can be left when the chunk is interrupted or another rank failed; they cost more. All processes must choose the same.")
CALL(help,              HAND,  M31, "",      "name:string=?", "text:text", NONE, NONE, "Gives what this documentation says of a name, or the list of all names.")

/* chapter: - (what the twins are made of; no functions of the module) */
CALL(own_send,          P2P,   M31, "", "pieces:aint n:int dest tag comm", "", BOTH(MPI_Isend(SEND, PEER, TAG, COMM, REQ), mpiclus_isend_pieces(X(0).p, X(1).n, PEER, TAG2, X(2).comm, REQ2)), NONE, "Announces a value and sends it in pieces.")
CALL(own_isend,         START, M31, "", "pieces:aint n:int dest tag comm", "request", mpiclus_isend_pieces(X(0).p, X(1).n, PEER, TAG, COMM, REQ), NONE, "Starts to send pieces.")
CALL(own_irecv,         START, M31, "", "bulk:comm1 source anytag comm", "request", mpiclus_irecv_value(PEER, TAG, COMM, X(0).comm, REQ, &R(0).p), NONE, "Starts to receive a value.")
CALL(own_recv,          P2P,   M31, "", "p:aint bytes:int source anytag comm", "", mpiclus_irecv_bytes(X(0).p, X(1).u, PEER, TAG, COMM, REQ), NONE, "Receives pieces that were announced.")
CALL(own_bcast,         COLL,  M31, "", "p:aint bytes:int root comm", "", mpiclus_bcast_bytes(X(0).p, X(1).u, ROOT, COMM, NULL), mpiclus_bcast_bytes(X(0).p, X(1).u, ROOT, COMM, REQ), "Broadcasts any number of bytes.")
CALL(own_unit,          LOCAL, M31, "", "bytes:int", "type:type", mpiclus_unit(X(0).n, &R(0).type), NONE, "Makes a type of some bytes.")
CALL(own_unit_free,     LOCAL, M31, "", "type:type", "", MPI_Type_free(&X(0).type), NONE, "Frees it.")
