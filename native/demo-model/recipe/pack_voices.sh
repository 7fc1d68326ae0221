#!/bin/sh
# Packs the synthesizers of this Debian machine, to be unpacked on another that cannot install them: ./pack_voices.sh voices.tar.xz
# There, as root: tar -C / -xJf voices.tar.xz --skip-old-files && ldconfig
set -eu
packages="libespeak-ng1 espeak-ng-data libpcaudio0 libsonic0 libflite1 festival libestools2.5 festlex-cmu festlex-poslex
  festvox-kallpc16k festvox-kdlpc16k festvox-us-slt-hts"
folder=/usr/lib/x86_64-linux-gnu
list=$(mktemp)
{
  for package in $packages; do dpkg -L "$package"; done
  # What Festival and eSpeak are linked with, apart from the C and C++ libraries that every Linux has.
  for program in /usr/bin/festival $folder/libespeak-ng.so.1; do
    ldd "$program" | awk '/=> \//{print $3}' | grep -vE '/(libc|libm|libstdc\+\+|libgcc_s)\.so'
  done | while read -r library; do echo "$library" | sed 's#^/lib/#/usr/lib/#'; readlink -f "$library"; done
} | grep -vE '^/usr/share/(doc|man|lintian)|_dict$|libflite_cmu_(time|grapheme|indic|us_kal\.)' | sort -u | while read -r path; do
  [ -d "$path" ] && [ ! -L "$path" ] || echo "${path#/}"
done > "$list"
echo "${folder#/}/espeak-ng-data/en_dict" >> "$list"
tar -C / -cJf "$1" --files-from="$list"
rm "$list"
