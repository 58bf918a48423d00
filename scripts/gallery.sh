#!/bin/sh
# Paints the pictures of docs/gallery.md and writes that page:
#
#   scripts/gallery.sh SHARED [WORK]
#
# SHARED is the project's folder of pictures and weights, with images/content, images/style and
# weights/vgg19-features.pth. Pictures go to WORK (default: target/gallery) and are painted once; delete
# one to paint it again. Contact sheets go to docs/gallery. Takes about a quarter of an hour on two
# cores.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
[ $# -ge 1 ] || {
  echo "gallery: give the folder that holds images and weights." >&2
  exit 2
}
shared=$(cd "$1" && pwd)
work=${2:-$root/target/gallery}
mkdir -p "$work" "$root/docs/gallery"
page=$root/docs/gallery.md
photos=$shared/images/content
paintings=$shared/images/style

# paint NAME CONTENT STYLE OPTIONS...: paints NAME.png and notes the command.
paint() {
  name=$1
  photo=$2
  painting=$3
  shift 3
  shown="./nst stylize --content $photo --style $painting --output $name.png --size 256${*:+ $*}"
  commands="$commands$shown
"
  sheet_files="$sheet_files $work/$name.png"
  [ -f "$work/$name.png" ] && return
  echo "gallery: $shown" >&2
  (cd "$work" && "$root/nst" stylize --content "$photos/$photo" --style "$paintings/$painting" \
    --output "$work/$name.png" --weights "$shared/weights/vgg19-features.pth" --size 256 --quiet "$@")
}

# begin: starts a sheet.
begin() {
  commands=
  sheet_files=
}

# end NAME COLUMNS TITLE TEXT: writes the sheet and its section.
end() {
  # Names of pictures have no blanks.
  # shellcheck disable=SC2086
  "$root/nst" sheet --output "$root/docs/gallery/$1.jpg" --columns "$2" --height 240 $sheet_files \
    > /dev/null
  {
    printf '\n## %s\n\n%s\n\n![%s](gallery/%s.jpg)\n\n' "$3" "$4" "$3" "$1"
    # The marks are Markdown's.
    # shellcheck disable=SC2016
    printf '```sh\n%s```\n' "$commands"
  } >> "$page"
}

cat > "$page" << 'TEXT'
# Gallery

What each option does, painted by nst itself with trained weights (those of the README), each picture by the command below its
sheet, in the sheet's order; `--weights` is left out of them. `scripts/gallery.sh` makes this page.
TEXT

begin
paint night tubingen.jpg starry_night.jpg
paint scream tubingen.jpg the_scream.jpg
paint wave tubingen.jpg great_wave.jpg
paint shipwreck tubingen.jpg shipwreck.jpg
end paintings 2 "One photograph, four paintings" \
  "The default recipe, \`multiscale\`. After van Gogh, Munch, Hokusai and Turner."

begin
paint gate golden_gate.jpg starry_night.jpg
paint gate-luminance golden_gate.jpg starry_night.jpg --keep-colors luminance
paint gate-match golden_gate.jpg starry_night.jpg --keep-colors match
paint gate-histogram golden_gate.jpg starry_night.jpg --keep-colors histogram
end colors 2 "Keeping the photograph's colours" \
  "Not kept; only the brightness is painted; the painting gets the photograph's mean and covariance of colours first; or its histograms, which can make hues that neither had."

begin
paint weak tubingen.jpg starry_night.jpg --style-weight 10
paint night tubingen.jpg starry_night.jpg
paint strong tubingen.jpg starry_night.jpg --style-weight 1000
end weights 3 "How much painting" "Style weights 10, 100 (the recipe's) and 1000."

begin
paint fine tubingen.jpg starry_night.jpg --style-scale 0.5
paint night tubingen.jpg starry_night.jpg
paint coarse tubingen.jpg starry_night.jpg --style-scale 1.8
end scales 3 "How large the strokes" \
  "The painting looked at in half, in the same and in nearly twice the photograph's size."

begin
paint night tubingen.jpg starry_night.jpg
paint blend tubingen.jpg starry_night.jpg --style "$paintings/great_wave.jpg" --style-blend 1,1
paint wave tubingen.jpg great_wave.jpg
end blend 3 "Two paintings at once" "The Starry Night, half of each, and The Great Wave."

begin
paint quick tubingen.jpg starry_night.jpg --recipe quick
paint gatys tubingen.jpg starry_night.jpg --recipe gatys --iterations 400
paint nsp tubingen.jpg starry_night.jpg --recipe neural-style-pt --iterations 120
paint crowsonkb tubingen.jpg starry_night.jpg --recipe crowsonkb --iterations 300
end recipes 2 "Other recipes" \
  "\`quick\`, \`gatys\`, \`neural-style-pt\` and \`crowsonkb\`, the latter three with far fewer steps than they ask for, to compare by time."

begin
paint from-gray tubingen.jpg starry_night.jpg --init gray
paint from-style tubingen.jpg starry_night.jpg --init style
paint average tubingen.jpg starry_night.jpg --pooling avg
paint l2 tubingen.jpg starry_night.jpg --pooling l2
end starts 2 "Starts and poolings" \
  "From grey, and from the painting; average and L2 pooling."

# Paths of this machine do not belong on the page.
sed -i "s|$paintings/||g" "$page"
