#!/bin/sh
# Times whole iterations of the recipe gatys (VGG-19 down to conv5_2, losses, backward to the
# picture, Adam) on cpu-vector and in libtorch, in turns, on this machine:
#
#   scripts/bench-vs-pytorch.sh [--sizes 256,512] [--rounds 7] [--iterations 5] [--warm-up 40]
#                               [--threads N] [--bits 256] [--only KEYS] [--json FILE]
#                               [--nst-jvm=OPTIONS]
#
# Contestants, each a process of its own, alive for all rounds of a size and idle out of turn:
#   cpu-vector  this project's
#   default     libtorch fp32 as it comes: contiguous maps, its own choice of threads, no settings
#   nchw        libtorch fp32, contiguous, with allocator and threads tuned (see Setup.java)
#   nhwc        the same with channels-last maps and weights
#   nhwc-1      the same with one thread in OpenBLAS, which multiplies the Gram matrices
#   bf16        libtorch with bfloat16 maps and weights, channels-last, tuned; not with --bits 256
# --only runs some of them beside cpu-vector. Weights ask for no gradients in any of them.
#
# All have the same pictures and weights, made by a formula. Nothing is timed unless the losses of
# the first five iterations agree: to 1e-3, bf16 to 1e-2. A round of a contestant is --iterations
# iterations, or as many as fit into a second for each of these, at least one: so a contestant of
# which one takes longer has shorter rounds, as many as the others and in turn with them, and so a
# shorter warm-up. Tables give the median of the rounds; at the end stands a line for each ratio
# that counts: against libtorch fp32 at its best, bf16, and as it comes, by medians and of single
# rounds.
# --threads defaults to the physical cores. --bits 256 holds both sides to AVX2: -XX:UseAVX=2 and
# -Dnst.vector.bits=256 here, ONEDNN_MAX_CPU_ISA, ATEN_CPU_CAPABILITY and OPENBLAS_CORETYPE there.
#
# Use an idle machine: libtorch's threads wait for each other by spinning, so that another job costs
# it far more than its share; a busy one is warned of. Needs x86-64 Linux, Maven and a JDK 17 or
# newer (the newest found is used, or $NST_JAVA_HOME); the first run downloads libtorch from Maven
# Central, 110 MB. Takes 1 to 2 GB of memory for each contestant at 512.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
here=$root/benchmarks/pytorch
target=$here/target

fail() {
  echo "bench-vs-pytorch: $1" >&2
  exit 1
}

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || fail "it runs on x86-64 Linux only."
command -v mvn > /dev/null || fail "Maven was not found: install Maven 3.6.3 or newer."

newest=$("$root/scripts/newest-jdk.sh")

# Builds nst if need be.
NST_JAVA_HOME=$newest "$root/nst" --version > /dev/null

mkdir -p "$target/logs"
# Every sh has -nt.
# shellcheck disable=SC3013
if [ ! -e "$target/unpacked" ] || [ "$here/pom.xml" -nt "$target/unpacked" ]; then
  rm -rf "${target:?}/lib" "$target/natives" "$target/unpacked"
  echo "Getting libtorch ..." >&2
  JAVA_HOME=$newest mvn -f "$here/pom.xml" -q -B -ntp dependency:copy-dependencies \
    > "$target/logs/maven.log" 2>&1 < /dev/null ||
    fail "libtorch could not be downloaded: see $target/logs/maven.log."
  # Unpacked beforehand: left to JavaCPP, the first process that unpacks libtorch crashes in it.
  mkdir -p "$target/natives/cache"
  for jar in "$target"/lib/*-linux-x86_64.jar; do
    mkdir "$target/jar"
    (cd "$target/jar" && "$newest/bin/jar" --extract --file "$jar")
    find "$target/jar" -name '*.so*' -exec mv {} "$target/natives/" \;
    rm -rf "$target/jar"
  done
  : > "$target/unpacked"
fi

classpath="$target/classes:$root/nst-cli/target/lib/*:$target/lib/*"
rm -rf "${target:?}/classes"
"$newest/bin/javac" -Xlint:all,-path -Werror -proc:none --release 17 -d "$target/classes" \
  -cp "$classpath" "$here"/src/dev/nst/bench/pytorch/*.java

# The physical cores, unless --threads says otherwise.
cores=$(lscpu -p=CORE,SOCKET 2> /dev/null | grep -v '^#' | sort -u | wc -l)
[ "$cores" -gt 0 ] || cores=$(getconf _NPROCESSORS_ONLN)

exec "$newest/bin/java" -cp "$classpath" -Dnatives="$target/natives" -Dlogs="$target/logs" \
  -Dlibtorch="$(sed -n 's:.*<version.pytorch>\(.*\)</version.pytorch>.*:\1:p' "$here/pom.xml")" \
  -Dprocessor="$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" \
  -Dcores="$cores" dev.nst.bench.pytorch.Compare "$@"
