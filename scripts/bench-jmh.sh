#!/bin/sh
# Runs the JMH benchmarks of nst-cpu's tests: matrix products, Winograd's transforms and single
# layers of VGG-19, each in a JVM of its own.
#
#   scripts/bench-jmh.sh [OPTIONS OF JMH] [PATTERNS]
#
#   scripts/bench-jmh.sh                                     all of them, about ten minutes
#   scripts/bench-jmh.sh -l                                  lists them
#   scripts/bench-jmh.sh Gemm Transform                      those whose names match a pattern
#   scripts/bench-jmh.sh 'Layer.*ward' -p layer=conv3_2 -p size=256
#   scripts/bench-jmh.sh Gemm -rf json -rff gemm.json        also writes the figures
#   scripts/bench-jmh.sh -h                                  all options
#
# Use an idle machine. Needs Maven and a JDK 17 or newer (the newest found is used, or
# $NST_JAVA_HOME).
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
cpu=$root/nst-cpu/target

jdk=$("$root/scripts/newest-jdk.sh")
JAVA_HOME=$jdk mvn -f "$root/pom.xml" -q -B -ntp -pl nst-core,nst-cpu \
  test-compile dependency:build-classpath -Dmdep.outputFile=target/jmh-classpath < /dev/null >&2

exec "$jdk/bin/java" -cp "$cpu/test-classes:$cpu/classes:$(cat "$cpu/jmh-classpath")" \
  org.openjdk.jmh.Main "$@"
