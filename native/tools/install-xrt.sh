#!/bin/sh
# Puts the unmodified XRT 2.25 of Debian 13 backports, with the NPU's driver plug-in, into a folder of its own, beside the libc and
# the C++ run-time library that it asks for. Nothing else on the machine changes; no root, no chroot.
#
#   tools/install-xrt.sh [folder]       folder: default ~/.cache/amanuensis/xrt-2.25
#
#   folder/usr/include          headers of XRT
#   folder/kernel               headers of the kernel, among them the amdxdna driver's system calls
#   folder/usr/lib/...          libraries, as Debian 13 lays them out
#   folder/bin/run PROGRAM ...  runs a program of this machine with those libraries
#   folder/bin/java ...         runs this machine's Java with them (JAVA_HOME, or the java of PATH)
#   folder/bin/xclbinutil, folder/bin/xrt-smi
#   folder/packages.txt         the packages with their versions and SHA-256
#
# It needs apt-get, dpkg-deb and Debian's archive keyring. The mirror is the one that apt uses for Debian on this machine, or
# AMANUENSIS_DEBIAN_MIRROR. apt checks the signatures; its lists and state are kept apart from the machine's.
# A complete folder is left as it is; delete it to install again.
set -eu

# Debian's revision after the hyphen may move on; the API is that of 2.25.0.
XRT_VERSION='1:2.25.0-*'
SUITE=trixie
LIBRARIES=usr/lib/x86_64-linux-gnu

problem() {
    printf 'install-xrt: %s\n' "$*" >&2
    exit 4
}

# The Debian archive that apt is set up with. Says nothing where apt has no lists yet.
machine_mirror() {
    apt-get indextargets --format '$(LABEL)|$(COMPONENT)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        sed -n 's/^Debian|main|//p' | head -n 1
}

# apt with folders of its own below $work.
own_apt() {
    command=$1
    shift
    "$command" -o Dir::State="$work/state" -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache" \
        -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::Etc::preferencesparts=/dev/null -o APT::Sandbox::User="$(id -un)" -o APT::Architecture=amd64 "$@"
}

fetch_packages() {
    mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial" "$work/packages"
    : > "$work/status"
    for suite in $SUITE $SUITE-backports; do
        printf 'deb [arch=amd64 signed-by=%s] %s %s main\n' "$keyring" "$mirror" "$suite"
    done > "$work/sources.list"
    own_apt apt-get -q -q update
    # The C library and what the run-time libraries, XRT's tools and a Java virtual machine need besides.
    (cd "$work/packages" && own_apt apt-get -q -q download \
        libc6 libgcc-s1 libstdc++6 libuuid1 zlib1g uuid-dev \
        libboost-filesystem1.83.0 libboost-program-options1.83.0 libssl3t64 \
        "linux-libc-dev/$SUITE-backports" \
        "libxrt2=$XRT_VERSION" "libxrt-npu2=$XRT_VERSION" "libxrt-dev=$XRT_VERSION" \
        "libxrt-utils=$XRT_VERSION" "libxrt-utils-npu=$XRT_VERSION")
}

unpack_packages() {
    for package in "$work"/packages/*.deb; do
        dpkg-deb -x "$package" "$work/all"
        printf '%s %s %s\n' "$(dpkg-deb -f "$package" Package)" "$(dpkg-deb -f "$package" Version)" \
            "$(sha256sum "$package" | cut -d ' ' -f 1)"
    done > "$work/packages.txt"
    for part in usr/include usr/lib usr/bin kernel bin; do
        mkdir -p "$work/folder/$part"
    done
    mv "$work"/all/usr/include/xrt "$work"/all/usr/include/uuid "$work/folder/usr/include"
    # Apart from XRT's, because beside them they would hide those of this machine.
    mv "$work"/all/usr/include/drm "$work"/all/usr/include/linux "$work"/all/usr/include/asm-generic "$work/folder/kernel"
    rm -f "$work/all/$LIBRARIES"/*.a
    mv "$work/all/$LIBRARIES" "$work/folder/usr/lib"
    mv "$work"/all/usr/bin/xclbinutil "$work"/all/usr/bin/xrt-smi "$work/folder/usr/bin"
    mv "$work/packages.txt" "$work/folder"
}

write_starters() {
    cat > "$work/folder/bin/run" <<STARTER
#!/bin/sh
# Runs a program, given by its path, with the libraries of this folder. --preload LIBRARY before it loads another one first.
# AMANUENSIS_XRT_LIBRARY_PATH: folders in which to look for libraries besides.
set -eu
libraries=\$(CDPATH='' cd -- "\$(dirname "\$0")/../$LIBRARIES" && pwd -P)
preload=
if [ "\${1:-}" = --preload ]; then
    preload="--preload \$2"
    shift 2
fi
exec "\$libraries/ld-linux-x86-64.so.2" \
    --library-path "\$libraries\${AMANUENSIS_XRT_LIBRARY_PATH:+:\$AMANUENSIS_XRT_LIBRARY_PATH}" \$preload "\$@"
STARTER
    cat > "$work/folder/bin/java" <<'STARTER'
#!/bin/sh
# Runs this machine's Java with the libraries of this folder. AMANUENSIS_XRT_PRELOAD: a library to load first.
set -eu
java=${JAVA_HOME:+$JAVA_HOME/bin/java}
java=$(readlink -f "${java:-$(command -v java)}")
here=$(dirname "$0")
exec "$here/run" ${AMANUENSIS_XRT_PRELOAD:+--preload "$AMANUENSIS_XRT_PRELOAD"} "$java" "$@"
STARTER
    for tool in xclbinutil xrt-smi; do
        cat > "$work/folder/bin/$tool" <<STARTER
#!/bin/sh
set -eu
here=\$(dirname "\$0")
exec "\$here/run" \${AMANUENSIS_XRT_PRELOAD:+--preload "\$AMANUENSIS_XRT_PRELOAD"} "\$here/../usr/bin/$tool" "\$@"
STARTER
    done
    chmod +x "$work"/folder/bin/*
}

folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/amanuensis/xrt-2.25}
if [ -e "$folder/packages.txt" ]; then
    printf '%s\n' "$folder"
    exit 0
fi

[ ! -e "$folder" ] || problem "$folder exists and was not made by this script; delete it or name another"
[ "$(uname -m)" = x86_64 ] || problem "the NPU driver of XRT exists for x86_64 alone; this machine is $(uname -m)"
for tool in apt-get dpkg-deb sha256sum; do
    command -v "$tool" > /dev/null || problem "$tool is missing; this needs a Debian or a system made from it"
done
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keyring" ] || problem "$keyring is missing; install debian-archive-keyring"
mirror=${AMANUENSIS_DEBIAN_MIRROR:-$(machine_mirror)}
[ -n "$mirror" ] || problem "apt knows no Debian archive; run 'apt-get update', or name one in AMANUENSIS_DEBIAN_MIRROR"

mkdir -p "$(dirname "$folder")"
work=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$work"' EXIT
fetch_packages || problem "$mirror did not give XRT $XRT_VERSION of $SUITE-backports; the lines above say why"
unpack_packages
write_starters
"$work/folder/bin/xclbinutil" --version > /dev/null || problem "what was unpacked does not run on this machine"
chmod 755 "$work/folder"
mv "$work/folder" "$folder"
printf '%s\n' "$folder"
