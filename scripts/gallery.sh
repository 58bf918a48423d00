#!/bin/sh
# Paints the pictures of docs/gallery.md and writes that page:
#
#   scripts/gallery.sh SHARED [WORK]
#
# SHARED is the project's folder of pictures and weights, with images/content, images/style and
# weights/vgg19-features.pth. Pictures go to WORK (default: target/gallery) and are painted once; delete
# one to paint it again. Contact sheets go to docs/gallery. Takes about half an hour on two cores.
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
cp "$shared"/images/content/* "$shared"/images/style/* "$work"
chmod u+w "$work"/*

# shows FILE COMMAND...: notes a command and the picture that it makes.
shows() {
  sheet_files="$sheet_files $work/$1"
  shift
  commands="$commands$*
"
}

# makes FILE COMMAND...: notes the command, and runs it unless the picture is there.
makes() {
  file=$1
  shift
  shows "$file" "./nst $*"
  [ -f "$work/$file" ] && return
  echo "gallery: $*" >&2
  command=$1
  shift
  (cd "$work" && "$root/nst" "$command" --weights "$shared/weights/vgg19-features.pth" --quiet "$@")
}

# paint NAME CONTENT STYLE OPTIONS...: paints NAME.png.
paint() {
  name=$1
  content=$2
  style=$3
  shift 3
  makes "$name.png" stylize --content "$content" --style "$style" --output "$name.png" --size 256 "$@"
}

# mask NAME SIZE POLYGONS...: draws a mask of blue ground and other regions.
mask() {
  name=$1
  shift
  shows "$name.png" "java scripts/DrawMask.java $name.png $(echo "$*" | sed "s/#[0-9a-f]*/'&'/g")"
  (cd "$work" && java "$root/scripts/DrawMask.java" "$name.png" "$@")
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
  section "$3" "$4" "$1.jpg"
}

# section TITLE TEXT PICTURE: writes a section of the page, with the commands noted so far.
section() {
  printf '\n## %s\n\n%s\n\n![%s](gallery/%s)\n\n' "$1" "$2" "$1" "$3"
  # The marks are Markdown's.
  # shellcheck disable=SC2016
  printf '```sh\n%s```\n' "$commands"
} >> "$page"

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
paint weak tubingen.jpg starry_night.jpg --style-weight 5
paint night tubingen.jpg starry_night.jpg
paint strong tubingen.jpg starry_night.jpg --style-weight 500
end weights 3 "How much painting" "Style weights 5, 50 (the recipe's) and 500."

begin
paint fine tubingen.jpg starry_night.jpg --style-scale 0.5
paint night tubingen.jpg starry_night.jpg
paint coarse tubingen.jpg starry_night.jpg --style-scale 1.8
end scales 3 "How large the strokes" \
  "The painting looked at in half, in the same and in nearly twice the photograph's size."

begin
paint night tubingen.jpg starry_night.jpg
paint blend tubingen.jpg starry_night.jpg --style great_wave.jpg --style-blend 1,1
paint wave tubingen.jpg great_wave.jpg
end blend 3 "Two paintings at once" "The Starry Night, half of each, and The Great Wave."

begin
shows hoovertowernight.jpg "# The photograph, and the painting's and its regions:"
mask hoover-mask 760x400 '#0000ff' '#00ff00' 0,24 8,19 20,33 45,44 70,62 70.5,33 71.5,20 77,4 82,20 \
  83,33 84,75 87,75 91,66 100,60 100,100 0,100
mask starry-mask 1024x640 '#0000ff' '#00ff00' 0,80 13,80 14,50 17,0 19,0 20,25 27,75 38,82 55,68 \
  70,72 85,62 100,52 100,100 0,100
paint tower hoovertowernight.jpg starry_night.jpg
paint tower-masked hoovertowernight.jpg starry_night.jpg --content-mask hoover-mask.png \
  --style-mask starry-mask.png
end masks 3 "Sky like sky, houses like houses" \
  "The photograph, its regions, the painting's regions; painted without and with these masks."

begin
for layer in conv1_2 conv2_2 conv3_2 conv4_2 conv5_2; do
  makes "seen-$layer.png" reconstruct --picture astronaut.png --content $layer \
    --output "seen-$layer.png" --iterations 150
done
end reconstructions 5 "What layers keep of a photograph" \
  "Painted from noise until one layer sees the photograph: conv1_2, conv2_2, conv3_2, conv4_2, conv5_2."

begin
layers=
for layer in conv1_1 conv2_1 conv3_1 conv4_1 conv5_1; do
  layers=$layers${layers:+,}$layer
  makes "texture-$layer.png" reconstruct --picture great_wave.jpg --style "$layers" \
    --output "texture-$layer.png" --iterations 150
done
end textures 5 "What layers keep of a painting" \
  "Painted from noise until the Gram matrices of one to five layers are those of The Great Wave."

begin
paint film-last golden_gate.jpg the_scream.jpg --timelapse film.gif --timelapse-size 144 \
  --timelapse-frames 24
cp "$work/film.gif" "$root/docs/gallery/film.gif"
section "How it grows" "\`--timelapse\`, which also writes MP4 and APNG." film.gif

begin
paint quick tubingen.jpg starry_night.jpg --recipe quick
paint gatys tubingen.jpg starry_night.jpg --recipe gatys --iterations 400
paint nsp tubingen.jpg starry_night.jpg --recipe neural-style-pt --iterations 500
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

begin
paint adam tubingen.jpg the_scream.jpg --recipe quick --iterations 100
paint lbfgs tubingen.jpg the_scream.jpg --recipe quick --iterations 100 --optimizer lbfgs
end optimizers 2 "Optimisers" \
  "100 iterations of Adam, and of L-BFGS, whose iteration takes longer, as it may look at several pictures."

printf '\nNot shown: VGG-16 and the original Caffe values, for want of their files here.\n' >> "$page"
