package table

import "strings"

// meant lists names that other interfaces to MPI have, mpi4py above all, and what
// they are here; names that differ in the case of letters only are found without. The
// first list is of the module, the others are of the methods of its objects, by the
// name of their metatable. What is a field begins with a dot, and what the module
// has begins with "mpi.".
var meant = map[string]string{
	"": "rank=Comm_rank size=Comm_size Get_rank=Comm_rank Get_size=Comm_size world=COMM_WORLD WORLD=COMM_WORLD COMM=COMM_WORLD " +
		"Is_initialized=Initialized Is_finalized=Finalized Compute_dims=Dims_create " +
		"Get_error_class=Error_class Get_error_string=Error_string Attach_buffer=Buffer_attach Detach_buffer=Buffer_detach " +
		"File=File_open Win=Win_create Info=Info_create Op=Op_create Group=Comm_group " +
		"FLOAT32=FLOAT FLOAT64=DOUBLE COMPLEX64=C_FLOAT_COMPLEX COMPLEX128=C_DOUBLE_COMPLEX COMPLEX=C_FLOAT_COMPLEX DOUBLE_COMPLEX=C_DOUBLE_COMPLEX " +
		"BOOL=C_BOOL INT8=INT8_T INT16=INT16_T INT32=INT32_T INT64=INT64_T UINT8=UINT8_T UINT16=UINT16_T UINT32=UINT32_T UINT64=UINT64_T UNSIGNED_INT=UNSIGNED " +
		"MODE_READ=MODE_RDONLY MODE_READONLY=MODE_RDONLY MODE_READ_ONLY=MODE_RDONLY MODE_WRITE=MODE_WRONLY MODE_WRITEONLY=MODE_WRONLY MODE_WRITE_ONLY=MODE_WRONLY " +
		"MODE_READ_WRITE=MODE_RDWR MODE_READWRITE=MODE_RDWR",
	"communicator": "Get_rank=rank Get_size=size Get_group=group Get_remote_size=remote_size Get_remote_group=remote_group " +
		"Is_inter=test_inter Is_intra=test_inter Clone=dup Get_topology=Topo_test Merge=Intercomm_merge Create_intercomm=Intercomm_create " +
		"Create_cart=Cart_create Create_graph=Graph_create Create_dist_graph=Dist_graph_create Create_dist_graph_adjacent=Dist_graph_create_adjacent " +
		"Get_topo=Cart_get Get_dim=Cartdim_get Get_cart_rank=Cart_rank Get_coords=Cart_coords Shift=Cart_shift Sub=Cart_sub " +
		"Get_dims=Graphdims_get Get_neighbors=Graph_neighbors Get_neighbors_count=Graph_neighbors_count " +
		"Get_dist_neighbors=Dist_graph_neighbors Get_dist_neighbors_count=Dist_graph_neighbors_count",
	"group":  "Get_rank=rank Get_size=size",
	"status": "Get_source=.source Get_tag=.tag Get_error=.error",
	"type": "Get_size=size Dup=dup Create_contiguous=mpi.Type_contiguous Create_vector=mpi.Type_vector Create_hvector=mpi.Type_create_hvector " +
		"Create_indexed=mpi.Type_indexed Create_hindexed=mpi.Type_create_hindexed Create_indexed_block=mpi.Type_create_indexed_block " +
		"Create_hindexed_block=mpi.Type_create_hindexed_block Create_struct=mpi.Type_create_struct " +
		"Create_subarray=mpi.Type_create_subarray Create_darray=mpi.Type_create_darray",
}

// Meant returns names that other interfaces to MPI have and what they are here: in
// the module for "", else in the objects whose metatable has that name.
func Meant(object string) map[string]string {
	names := map[string]string{}
	for _, pair := range strings.Fields(meant[object]) {
		other, is, _ := strings.Cut(pair, "=")
		names[other] = is
	}
	return names
}

// Bare returns a name without the MPI_ that it has in C.
func Bare(name string) string {
	if len(name) > 4 && strings.EqualFold(name[:4], "MPI_") {
		return name[4:]
	}
	return name
}
