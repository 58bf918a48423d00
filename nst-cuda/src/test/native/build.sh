#!/bin/sh
# Builds the emulated CUDA libraries into the directory given: libcuda.so.1, libnvrtc.so.12 and,
# where their sources are, libcublas.so.12 and libcudnn.so.9. Needs g++ and binutils, no CUDA.
set -eu

if [ $# -ne 1 ]; then
  echo "usage: sh build.sh OUTPUT_DIRECTORY" >&2
  exit 2
fi
if [ "$(uname -m)" != x86_64 ]; then
  echo "the emulated CUDA device runs on x86-64 only, this is $(uname -m)" >&2
  exit 1
fi

sources=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
objects=$(mktemp -d "$out/objects-XXXXXX")
trap 'rm -rf "$objects"' EXIT
cxx="${CXX:-g++}"
flags="-std=c++17 -O2 -Wall -Wextra -fPIC -fvisibility=hidden -pthread"
cd "$sources"

# library NAME NODE SYMBOLS SOURCE... : symbols carry the version node the real library has.
library() {
  name=$1 node=$2 symbols=$3
  shift 3
  echo "$node { global: $symbols; local: *; };" >"$objects/$name.map"
  # shellcheck disable=SC2086
  $cxx $flags -shared "$@" -Wl,-soname,"$name" -Wl,--version-script="$objects/$name.map" \
    -o "$out/$name" -ldl
}

# Kernels that another build of the emulation compiled are refused: they may be laid out otherwise.
build=$(cat device*.h kernel_abi.h nvrtc.cpp translate.cpp | cksum | cut -d ' ' -f 1)
flags="$flags -DCUEMU_BUILD=\"$build\""

driver="access control copies devices driver errors events fibers graphs launches memory modules races stacks streams warps"
for source in $driver; do
  # shellcheck disable=SC2086
  $cxx $flags -c "$source.cpp" -o "$objects/$source.o"
done
# The driver's symbols carry no version, as the real one's.
# shellcheck disable=SC2046,SC2086
$cxx $flags -shared $(for source in $driver; do echo "$objects/$source.o"; done) \
  -Wl,-soname,libcuda.so.1 -o "$out/libcuda.so.1" -ldl

cp device.h device_math.h device_glue.h kernel_abi.h "$out/"
library libnvrtc.so.12 libnvrtc.so.12 'nvrtc*' nvrtc.cpp translate.cpp

# These do the arithmetic of whole networks.
flags="$flags -O3 -march=native"
if [ -f cublas.cpp ]; then
  library libcublas.so.12 libcublas.so.12 'cublas*' cublas*.cpp "$out/libcuda.so.1"
fi
if [ -f cudnn_objects.cpp ]; then
  library libcudnn.so.9 libcudnn.so.9 'cudnn*' cudnn*.cpp "$out/libcuda.so.1"
fi
