package table

import (
	"slices"
	"strings"
)

// absent lists functions of the standard that have no line, and what to do
// instead. Persistent collectives and forms with large counts follow from the
// lines of what they are forms of: see Instead.
var absent = []struct{ names, instead string }{
	{"Comm_spawn Comm_spawn_multiple Comm_get_parent", "start more workers with another manager and cluster.addprocs"},
	{"Open_port Close_port Comm_accept Comm_connect Comm_join Publish_name Unpublish_name Lookup_name",
		"jobs that were started apart talk by remote calls and channels of the module cluster"},
	{"Comm_disconnect", "use mpi.Comm_free"},
	{"Grequest_start Grequest_complete", "what others wait for is a future: cluster.spawnat"},
	{"Comm_create_keyval Comm_free_keyval Comm_set_attr Comm_delete_attr " +
		"Type_create_keyval Type_free_keyval Type_set_attr Type_get_attr Type_delete_attr " +
		"Win_create_keyval Win_free_keyval Win_set_attr Win_get_attr Win_delete_attr " +
		"Attr_put Attr_get Attr_delete Keyval_create Keyval_free", "keep what belongs to an object in a Lua table that has the object as key"},
	{"Comm_create_errhandler Comm_set_errhandler Comm_get_errhandler Comm_call_errhandler " +
		"Win_create_errhandler Win_set_errhandler Win_get_errhandler Win_call_errhandler " +
		"File_create_errhandler File_set_errhandler File_get_errhandler File_call_errhandler " +
		"Session_create_errhandler Session_set_errhandler Session_get_errhandler Session_call_errhandler " +
		"Errhandler_create Errhandler_set Errhandler_get Errhandler_free", "errors of MPI are errors of Lua: catch them with pcall"},
	{"Alloc_mem Free_mem", "memory is an array: array.zeros"},
	{"Bsend_init", "use mpi.Send_init, or mpi.Ibsend each time"},
	{"Isendrecv_replace", "use mpi.Isend of a copy and mpi.Irecv"},
	{"Neighbor_alltoallw Ineighbor_alltoallw Neighbor_alltoallw_init", "use mpi.Neighbor_alltoallv, or a message to each neighbour"},
	{"Psend_init Precv_init Pready Pready_range Pready_list Parrived", "send each part as a message of its own"},
	{"Session_init Session_finalize Session_get_num_psets Session_get_nth_pset Session_get_info Session_get_pset_info " +
		"Group_from_session_pset Comm_create_from_group Intercomm_create_from_groups",
		"MPI runs before your code does: begin with mpi.COMM_WORLD and mpi.Comm_create_group"},
	{"Comm_idup_with_info", "use mpi.Comm_dup_with_info"},
	{"Info_get_string", "use mpi.Info_get"},
	{"Info_create_env", "use mpi.Info_create"},
	{"Register_datarep", "files hold the representations that the library has"},
	{"Comm_attach_buffer Comm_detach_buffer Session_attach_buffer Session_detach_buffer", "use mpi.Buffer_attach and mpi.Buffer_detach: one buffer is for all communicators"},
	{"Buffer_flush Buffer_iflush Comm_flush_buffer Comm_iflush_buffer Session_flush_buffer Session_iflush_buffer", "use mpi.Buffer_detach, which waits until the buffer is empty"},
	{"Request_get_status_all Request_get_status_any Request_get_status_some", "use mpi.Request_get_status on each of the requests"},
	{"Status_get_source Status_get_tag Status_get_error", "a status has the fields source, tag and error"},
	{"Status_set_source Status_set_tag Status_set_error", "a status says what the library said; nothing takes one that was changed"},
	{"Remove_error_class Remove_error_code Remove_error_string", "what mpi.Add_error_class and its kin add stays until the end"},
	{"Type_get_value_index", "the types of pairs have names, as DOUBLE_INT"},
	{"Get_hw_resource_info", "use mpi.Get_processor_name, or mpi.Comm_split_type for the ranks that share a machine"},
	{"Address", "use mpi.Get_address"},
	{"Type_extent Type_lb Type_ub", "use mpi.Type_get_extent"},
	{"Type_hindexed", "use mpi.Type_create_hindexed"},
	{"Type_hvector", "use mpi.Type_create_hvector"},
	{"Type_struct", "use mpi.Type_create_struct"},
	{"Comm_c2f Comm_f2c Errhandler_c2f Errhandler_f2c File_c2f File_f2c Group_c2f Group_f2c Info_c2f Info_f2c " +
		"Message_c2f Message_f2c Op_c2f Op_f2c Request_c2f Request_f2c Session_c2f Session_f2c Status_c2f Status_f2c Status_c2f08 Status_f082c Status_f082f Status_f2f08 Type_c2f Type_f2c Win_c2f Win_f2c " +
		"Type_create_f90_complex Type_create_f90_integer Type_create_f90_real", "it is for programs in Fortran"},
	{"Pcontrol", "profilers attach to the MPI library by themselves"},
}

// Instead says what to use instead of a function of the standard that has no
// line; ok is false for a name that has one or that the standard does not
// know.
func Instead(name string) (text string, ok bool) {
	if ByName[name] != nil {
		return "", false
	}
	for _, a := range absent {
		if slices.Contains(strings.Fields(a.names), name) {
			return a.instead, true
		}
	}
	if strings.HasPrefix(name, "T_") {
		return "tools attach to the MPI library by themselves", true
	}
	if whole, ok := strings.CutSuffix(name, "_init"); ok {
		if c := ByName[whole]; c != nil && c.Class == Coll && !c.Other {
			return "use mpi." + c.nonblocking().Name + " each time", true
		}
	}
	if short, ok := strings.CutSuffix(name, "_c"); ok {
		if ByName[short] != nil {
			return "use mpi." + short + ", on views of an array that has more than 2^31 elements", true
		}
		return Instead(short)
	}
	return "", false
}
