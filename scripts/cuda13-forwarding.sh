#!/bin/sh
# Builds the forwarding libraries for a machine that has CUDA 13 and no CUDA 12:
#
#   scripts/cuda13-forwarding.sh OUTDIR [CUDA_LIB_DIR...]
#
# leaves libcublas.so.12 and libnvrtc.so.12 in OUTDIR, which forward every function that JCuda
# imports to libcublas.so.13 and libnvrtc.so.13. Those are looked for, when the libraries are used,
# in the folders of $NST_CUDA13_LIB, then in each CUDA_LIB_DIR, then where the loader looks.
# Needs gcc (or another compiler named in $CC) on x86-64 Linux. Then start nst with
# NST_JAVA_OPTS=-Dnst.cuda.lib=OUTDIR. With NST_FORWARD_TRACE=1 the libraries say what they found.
#
#   scripts/cuda13-forwarding.sh --symbols NATIVES
#
# renews the lists of functions in scripts/cuda13 from a folder that holds JCuda's own libraries
# (libJCublas2-*.so, libJNvrtc-*.so); needed only for another version of JCuda.
set -eu

sources=$(cd "$(dirname "$0")" && pwd)/cuda13

fail() {
  echo "cuda13-forwarding: $1" >&2
  exit 1
}

usage() {
  sed -n '2,/^set/p' "$0" | sed -n 's/^# \{0,1\}//p' >&2
  exit 2
}

# list NATIVE PREFIX FILE: the functions with PREFIX that NATIVE imports.
list() {
  [ -f "$1" ] || fail "$1 is not there: name the folder with JCuda's libraries."
  nm -D --undefined-only "$1" | sed -n "s/.* U \\($2[A-Za-z0-9_]*\\)@.*/\\1/p" | LC_ALL=C sort -u > "$3"
  echo "$3: $(wc -l < "$3") functions"
}

# forward NAME CODE: builds libNAME.so.12 from NAME.symbols.
forward() {
  sed 's/.*/FORWARD(&)/' "$sources/$1.symbols" > "$work/$1.inc"
  # The version node: JCuda's libraries ask for cublasCreate_v2@libcublas.so.12.
  echo "lib$1.so.12 { global: $1*; local: *; };" > "$work/$1.map"
  "$compiler" -std=gnu11 -O2 -fPIC -shared -I"$work" \
    "-DSYMBOLS=\"$1.inc\"" "-DSONAME=\"lib$1.so.12\"" "-DTARGET=\"lib$1.so.13\"" \
    "-DDIRECTORIES=\"$directories\"" "-DMISSING_CODE=$2" "$sources/forward.c" \
    -Wl,-soname,"lib$1.so.12" -Wl,--version-script="$work/$1.map" -Wl,-s -o "$work/lib$1.so.12" -ldl
  # Moved into place whole, so that nobody loads half a library.
  cp "$work/lib$1.so.12" "$out/.lib$1.so.12.$$"
  mv -f "$out/.lib$1.so.12.$$" "$out/lib$1.so.12"
}

[ $# -ge 1 ] || usage
case $1 in
  --symbols)
    [ $# -eq 2 ] || usage
    for native in "$2"/libJCublas2-*.so; do list "$native" cublas "$sources/cublas.symbols"; done
    for native in "$2"/libJNvrtc-*.so; do list "$native" nvrtc "$sources/nvrtc.symbols"; done
    exit 0
    ;;
  -*) usage ;;
esac

out=$1
shift
[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] ||
  fail "the forwarding libraries are for Linux on x86-64; this is $(uname -s) on $(uname -m)."
compiler=${CC:-gcc}
command -v "$compiler" > /dev/null ||
  fail "the compiler $compiler was not found: install gcc, or name one in \$CC."
directories=''
for directory in "$@"; do
  [ -d "$directory" ] || fail "$directory is not a folder: name the one that holds libcublas.so.13."
  case $directory in
    *[\"\\:]*) fail "$directory: a folder with a quote, backslash or colon in its name cannot be used." ;;
  esac
  directories=$directories${directories:+:}$(cd "$directory" && pwd)
done
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

forward cublas 15 # CUBLAS_STATUS_NOT_SUPPORTED
forward nvrtc 11 # NVRTC_ERROR_INTERNAL_ERROR
echo "libcublas.so.12 and libnvrtc.so.12 in $out forward to CUDA 13${directories:+ in $directories}."
