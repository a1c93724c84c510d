// Marks a function whose loops the compiler is to turn into the widest vector instructions that the
// processor at hand has, chosen when the program starts. Internal to this room.
#ifndef LATCAST_REGRESSION_VECTOR_CLONES_H_
#define LATCAST_REGRESSION_VECTOR_CLONES_H_

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define LATCAST_VECTOR_CLONES __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define LATCAST_VECTOR_CLONES
#endif

#endif  // LATCAST_REGRESSION_VECTOR_CLONES_H_
