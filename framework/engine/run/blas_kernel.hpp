#pragma once

#include <string>
#include <vector>

namespace ravine {

/// Has OpenBLAS use the kernel of that name, whatever processor it finds, in every process that this one
/// starts from now on and that loads it: other machines give the same bits with the same kernel, library and
/// libm, if they can run it. OpenBLAS takes another kernel without a word if it knows none of that name, and
/// crashes if the processor lacks an instruction: both are tried here, in a process of their own. Throws
/// ravine::error, which lists the kernels that work. Call while this process has no other threads, before it
/// makes a worker_executor.
void pin_blas_kernel(const std::string& name);

/// The kernels that the OpenBLAS of this machine has and its processor can run; empty if there is none. Takes
/// some 50 ms each.
std::vector<std::string> usable_blas_kernels();

}  // namespace ravine
