// Turns preprocessed CUDA C into C++ that g++ compiles together with device.h.
#pragma once

#include <string>

namespace cuemu {

// The source with __shared__ replaced, and behind it a table of its kernels and variables.
//
// Not a parser: it knows functions, their bodies and declarations outside them, which is enough to
// say which shared memory is whose. Everything else is left to the compiler.
std::string translate(const std::string& preprocessed);

}  // namespace cuemu
