#!/bin/sh
# Measures what options cost in an iteration, as docs/benchmarks.md has it:
#
#   scripts/bench-options.sh SHARED [ROUNDS]
#
# SHARED is the project's folder of pictures and weights. The bare recipe ('quick' at 256 pixels, 50
# iterations, of which 20 warm up) is run anew before every third option. Prints the median over the
# rounds (default: 3) of the mean seconds of an iteration, and of its ratio to the latest bare recipe's.
# Takes about five minutes a round on two cores.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
[ $# -ge 1 ] || {
  echo "bench-options: give the folder that holds images and weights." >&2
  exit 2
}
shared=$(cd "$1" && pwd)
rounds=${2:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
photos=$shared/images/content
paintings=$shared/images/style

# Halves as regions: what they hold does not change the time.
java "$root/scripts/DrawMask.java" "$work/halves.png" 1024x768 '#0000ff' '#00ff00' 0,50 100,50 100,100 0,100
java "$root/scripts/DrawMask.java" "$work/style.png" 1024x640 '#0000ff' '#00ff00' 0,50 100,50 100,100 0,100

# seconds OPTIONS...: prints the mean seconds of an iteration after the warm-up.
seconds() {
  "$root/nst" stylize --content "$photos/tubingen.jpg" --style "$paintings/starry_night.jpg" \
    --weights "$shared/weights/vgg19-features.pth" --recipe quick --size 256 --iterations 50 \
    --output "$work/out.png" --trace "$work/trace.jsonl" --quiet "$@" 2> "$work/errors" \
    || { cat "$work/errors" >&2; exit 1; }
  sed 's/.*"seconds":\([-+.0-9eE]*\).*/\1/' "$work/trace.jsonl" \
    | awk 'NR == 20 { from = $1 } { to = $1 } END { printf "%.5f\n", (to - from) / (NR - 20) }'
}

# measure OPTIONS...: notes one round of an option.
measure() {
  [ $((measured % 3)) -gt 0 ] || bare=$(seconds)
  measured=$((measured + 1))
  with=$(seconds "$@")
  echo "$with $bare $(echo "$*" | sed "s|$work/||g; s|$paintings/||g")" >> "$work/figures"
  echo "$with $bare $*" >&2
}

measured=0
round=0
while [ "$round" -lt "$rounds" ]; do
  round=$((round + 1))
  measure --seed 0
  measure --style "$paintings/great_wave.jpg"
  measure --style-scale 2
  measure --content-mask "$work/halves.png" --style-mask "$work/style.png"
  measure --normalize-gradients
  measure --content-layers conv4_2,conv5_2
  measure --style-form absolute
  measure --style-form mean-gram
  measure --style-form wasserstein
  measure --pooling avg
  measure --pooling l2
  measure --keep-colors luminance
  measure --keep-colors match
  measure --init random
  measure --optimizer lbfgs
  measure --save-every 10
  measure --preview 0
  measure --report "$work/report.html"
  measure --timelapse "$work/film.gif"
done

echo "| option | seconds of an iteration | times the bare recipe |"
echo "|---|---:|---:|"
awk '
  { with = $1; ratio = $1 / $2; $1 = $2 = ""; sub(/^ +/, "")
    if (!($0 in count)) order[++options] = $0
    count[$0]++; seconds[$0, count[$0]] = with; ratios[$0, count[$0]] = ratio }
  function median(table, name,    i, j, n, t) {
    n = count[name]
    for (i = 1; i <= n; i++) v[i] = table[name, i]
    for (i = 2; i <= n; i++) for (j = i; j > 1 && v[j - 1] > v[j]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
    return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
  }
  END { for (o = 1; o <= options; o++)
      printf "| `%s` | %.3f | %.2f |\n", order[o], median(seconds, order[o]), median(ratios, order[o]) }
' "$work/figures"
