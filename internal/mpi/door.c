#include "door.h"

int32_t mpiclus_lock, mpiclus_owner = MPICLUS_NOBODY;

int mpiclus_door_enter(int32_t owner) { return mpiclus_enter(owner); }

void mpiclus_door_leave(void) { mpiclus_leave(); }
