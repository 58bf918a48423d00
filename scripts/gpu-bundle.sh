#!/bin/sh
# Packs everything that checks and measures a GPU into one archive for an x86-64 Linux machine that
# has NVIDIA's driver and CUDA's libraries but no Java, no Maven and no network:
#
#   scripts/gpu-bundle.sh [OUT.tar.gz]        (default: target/nst-gpu.tar.gz)
#
# There: tar -xzf nst-gpu.tar.gz && nst-gpu/gpu-check. docs/gpu.md says more.
# Needs a JDK 17 or newer with jlink (the newest found is used, or $NST_JAVA_HOME), Maven and gcc.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
out=${1:-$root/target/nst-gpu.tar.gz}
largest=$((60 * 1000 * 1000))

fail() {
  echo "gpu-bundle: $1" >&2
  exit 1
}

case $out in
  -*) sed -n '2,/^set/p' "$0" | sed -n 's/^# \{0,1\}//p' >&2; exit 2 ;;
esac
[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || fail "a bundle can be made on x86-64 Linux only."

# The newest JDK that has jlink.
newest='' newest_major=16
for home in ${NST_JAVA_HOME:+"$NST_JAVA_HOME"} ${JAVA_HOME:+"$JAVA_HOME"} /usr/lib/jvm/* \
  "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/*; do
  if [ -x "$home/bin/jlink" ] && [ -x "$home/bin/javac" ]; then
    major=$("$home/bin/java" -XshowSettings:properties -version 2>&1 |
      sed -n 's/^ *java.specification.version = //p')
    if [ "${major%%.*}" -gt "$newest_major" ]; then
      newest=$home newest_major=${major%%.*}
    fi
    # A JDK that was asked for is used whatever else there is.
    [ "$home" != "${NST_JAVA_HOME:-}" ] || break
  fi
done
[ -n "$newest" ] || fail "no JDK 17 or newer with jlink was found: install one or set NST_JAVA_HOME."
command -v mvn > /dev/null || fail "Maven was not found: install Maven 3.6.3 or newer."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
bundle=$work/nst-gpu
mkdir -p "$bundle/lib" "$bundle/scripts" "$bundle/forwarding" "$work/natives"

echo "Building with $newest ..."
JAVA_HOME=$newest mvn -f "$root/pom.xml" -q -B -ntp -DskipTests \
  -Dmaven.source.skip=true -Dspotless.check.skip=true package dependency:copy-dependencies \
  -DincludeScope=test -DoutputDirectory="$work/dependencies" -DoverWriteSnapshots=true \
  > "$work/build.log" 2>&1 < /dev/null || {
  tail -n 40 "$work/build.log" >&2
  fail "the build failed."
}
cp "$work"/dependencies/*.jar "$bundle/lib/"
cp "$root"/nst-cli/target/nst-cli-*.jar "$bundle/lib/"
rm -f "$bundle"/lib/*windows* "$bundle"/lib/*-sources.jar "$bundle"/lib/*-javadoc.jar
# Large, and used by AssertJ's soft assertions and by progress bars on terminals only.
rm -f "$bundle"/lib/byte-buddy-*.jar "$bundle"/lib/jline-*.jar
"$newest/bin/jar" --create --file "$bundle/lib/nst-cuda-tests.jar" \
  -C "$root/nst-cuda/target/test-classes" .

# JCuda's compiler for PTX is nine tenths of its natives, and nobody calls it.
for natives in "$bundle"/lib/jcuda-natives-*.jar; do
  (cd "$work/natives" && "$newest/bin/jar" --extract --file "$natives")
  rm -f "$work"/natives/lib/libJNvPTXCompiler* "$work"/natives/META-INF/MANIFEST.MF
  "$newest/bin/jar" --create --file "$natives" -C "$work/natives" .
done

# What the classes use, and what they reach by reflection or the check needs by itself. Unpacked,
# because jdeps would resolve modules where jars have them, and ours run on the class path.
mkdir "$work/classes"
for jar in "$bundle"/lib/*.jar; do
  (cd "$work/classes" && "$newest/bin/jar" --extract --file "$jar" && rm -rf META-INF module-info.class)
done
modules=$("$newest/bin/jdeps" -s --ignore-missing-deps "$work/classes" 2> /dev/null |
  sed -n 's/^classes -> \(jav[a-z.]*\|jdk[a-z.]*\)$/\1/p' | sort -u | paste -sd, -)
modules=${modules:+$modules,}java.base,java.desktop,java.logging,java.management,java.net.http
modules=$modules,java.xml,jdk.incubator.vector,jdk.unsupported,jdk.zipfs
case $newest_major in
  17 | 18 | 19 | 20) compress=2 ;;
  *) compress=zip-9 ;;
esac
"$newest/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages \
  --compress "$compress" --output "$bundle/runtime"

cp -R "$root/scripts/cuda13" "$root/scripts/cuda13-forwarding.sh" "$root/scripts/pytorch_gatys.py" \
  "$bundle/scripts/"
"$root/scripts/cuda13-forwarding.sh" "$bundle/forwarding"
cp "$root/scripts/gpu-check" "$bundle/gpu-check"
chmod +x "$bundle/gpu-check"
cp "$root/LICENSE" "$bundle/"
{
  echo "commit: $(git -C "$root" rev-parse HEAD 2> /dev/null || echo unknown)"
  echo "made: $(date -u +%Y-%m-%d)"
  sed -n 's/^JAVA_RUNTIME_VERSION=/java: /p' "$newest/release"
} > "$bundle/VERSION"

mkdir -p "$(dirname "$out")"
tar -C "$work" -cf - nst-gpu | gzip -9 > "$out.part"
mv -f "$out.part" "$out"
size=$(wc -c < "$out")
[ "$size" -le "$largest" ] || fail "$out has $size bytes, more than the $largest it may have."
echo "$out: $((size / 1000000)) MB; on the GPU's machine: tar -xzf it and run nst-gpu/gpu-check"
