// Compiled for the precompiled header that the programs of this folder share.
