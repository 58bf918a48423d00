#!/bin/sh
# Prints the home of the JDK that benchmarks use: the newest that has jdk.incubator.vector, or the
# one in $NST_JAVA_HOME. Fails with a sentence if there is none from 17 on.
set -eu

newest='' newest_major=16
for home in ${NST_JAVA_HOME:+"$NST_JAVA_HOME"} ${JAVA_HOME:+"$JAVA_HOME"} /usr/lib/jvm/* \
  "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/*; do
  if [ -x "$home/bin/javac" ] && grep -qs jdk.incubator.vector "$home/release"; then
    major=$("$home/bin/java" -XshowSettings:properties -version 2>&1 |
      sed -n 's/^ *java.specification.version = //p')
    if [ "${major%%.*}" -gt "$newest_major" ]; then
      newest=$home newest_major=${major%%.*}
    fi
    # A JDK that was asked for is used whatever else there is.
    [ "$home" != "${NST_JAVA_HOME:-}" ] || break
  fi
done
if [ -z "$newest" ]; then
  echo "newest-jdk: no JDK 17 or newer with jdk.incubator.vector was found: install one or set \
NST_JAVA_HOME." >&2
  exit 1
fi
echo "$newest"
