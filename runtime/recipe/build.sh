#!/bin/sh
# Builds the four wheels of runtime/wheels from source: build.sh FOLDER
#
# As root on Debian, with debootstrap and npm's pyodide in node_modules (`make test` puts it there).
# FOLDER gets a Debian tree with Emscripten (about 3 GB), and in the end wheels/, licences/,
# and with-tests/ (numpy and matplotlib with their tests, for suites/).
# Run again, it goes on where it stopped. About 40 minutes on two cores, most of them numpy's.
set -eu
recipe=$(cd "$(dirname "$0")" && pwd)
folder=$(mkdir -p "$1" && cd "$1" && pwd)
tree=$folder/debian
release=forky # the first with Python 3.14, which Pyodide 314 is

[ "$(id -u)" = 0 ] || { echo "build.sh: needs root, to make a Debian tree" >&2; exit 1; }
command -v debootstrap > /dev/null || { echo "build.sh: needs debootstrap (apt-get install debootstrap)" >&2; exit 1; }

if [ ! -e "$tree/.ready" ]; then
  rm -rf "$tree"
  # From the mirror that this machine uses. An older debootstrap does not know the release by name;
  # the script is the same for all of them.
  mirror=$(apt-get indextargets --format '$(REPO_URI)' "Codename: $(. /etc/os-release; echo "$VERSION_CODENAME")" | head -1)
  debootstrap --variant=minbase --include=ca-certificates "$release" "$tree" \
    "$mirror" /usr/share/debootstrap/scripts/sid
  echo "deb-src $mirror bookworm main" >> "$tree/etc/apt/sources.list" # for the three libraries
  cp -L /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/"
  touch "$tree/.ready"
fi
cp -L /etc/resolv.conf /etc/hosts "$tree/etc/"

mkdir -p "$tree/build/recipe"
cp "$recipe"/* "$recipe/../../node_modules/pyodide/python_stdlib.zip" "$tree/build/recipe/"
# A mount of its own: /proc is gone from the tree when this ends, however it ends.
unshare --mount sh -c 'mount -t proc proc "$1/proc" && exec chroot "$1" sh /build/recipe/packages.sh' - "$tree"

for each in wheels licences with-tests; do
  rm -rf "$folder/$each"
  cp -r "$tree/build/$each" "$folder/"
done
(cd "$folder/wheels" && sha256sum ./*.whl)
