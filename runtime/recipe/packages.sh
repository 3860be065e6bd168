#!/bin/sh
# Inside the Debian tree: tools, sources, two libraries, four wheels. Called by build.sh.
set -eu
cd /build
recipe=/build/recipe
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
export EM_CACHE=/build/emscripten-cache
export SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt # the host's, which build.sh has put there
mkdir -p bin done downloads wheels licences prefix/lib prefix/include pkgconfig

once() { # once NAME: runs the function NAME, unless an earlier run of this script has finished it
  [ -e "done/$1" ] && return
  echo "=== $1"
  "$1"
  touch "done/$1"
}

tools() {
  # A mirror that lags will do: its signature counts, not its date.
  apt-get -qq -o Acquire::Check-Valid-Until=false update
  apt-get -qq install --yes --no-install-recommends emscripten g++ git ninja-build patch pkg-config \
    python3.14-dev python3-pip python3-venv xz-utils bzip2 > apt.log
  python3.14 -m venv venv
  venv/bin/pip install --quiet --require-hashes --only-binary :all: -r $recipe/tools.txt
  emcc --version | head -1 > emscripten-version
}

headers() { python3.14 $recipe/headers.py $recipe/python_stdlib.zip /build; }

sources() { # the source distributions of PyPI, and Debian's of three libraries; each must be the one named
  (
    cd downloads
    for each in numpy==2.4.6 matplotlib==3.10.8 kiwisolver==1.5.0 pillow==12.2.0; do
      ls | grep -q "^$(echo $each | sed s/==/-/)" || unearth --no-binary --download . $each > /dev/null
    done
    apt-get -qq source --download-only freetype/bookworm qhull/bookworm zlib/bookworm
    sha256sum --check --quiet $recipe/sources.sha256
  )
  for file in $(cut -c 67- $recipe/sources.sha256); do
    name=${file%%[-_][0-9]*}
    rm -rf src/$name
    mkdir -p src/$name
    tar -xf downloads/$file -C src/$name --strip-components=1 --no-same-owner
  done
  # Where matplotlib's build looks for Qhull (2020.2 is 8.0.2) before it would download it.
  cp -r src/qhull src/matplotlib/subprojects/qhull-8.0.2
  cp -r src/matplotlib/subprojects/packagefiles/qhull-8.0.2/. src/matplotlib/subprojects/qhull-8.0.2/
}

licences() {
  cp src/freetype/docs/FTL.TXT licences/freetype.txt
  cp src/qhull/COPYING.txt licences/qhull.txt
  cp src/zlib/LICENSE licences/zlib.txt
  # Of what the core is made of. (libc++ and compiler-rt ask for none in compiled code.)
  cp /usr/share/doc/python3.14/copyright licences/python.txt
  cp /usr/share/emscripten/system/lib/libc/musl/COPYRIGHT licences/musl.txt
}

freetype() {
  meson setup build-freetype src/freetype --cross-file $recipe/cross.ini --default-library static \
    --buildtype release --prefix /build/prefix --libdir lib -Dbrotli=disabled -Dbzip2=disabled \
    -Dharfbuzz=disabled -Dpng=disabled -Dzlib=internal -Dmmap=disabled -Dtests=disabled
  ninja -C build-freetype
  meson install -C build-freetype --quiet
  # Matplotlib asks pkg-config for the libtool number, which grows where FreeType's own does not.
  cat > pkgconfig/freetype2.pc <<'PC'
Name: FreeType 2
Description: FreeType
Version: 24.3.18
Libs: -L/build/prefix/lib -lfreetype
Cflags: -I/build/prefix/include/freetype2
PC
}

zlib() {
  for part in adler32 compress crc32 deflate infback inffast inflate inftrees trees uncompr zutil; do
    /build/bin/wcc -O2 -DHAVE_UNISTD_H -c src/zlib/$part.c -o prefix/lib/z_$part.o
  done
  emar rcs prefix/lib/libz.a prefix/lib/z_*.o
  cp src/zlib/zlib.h src/zlib/zconf.h prefix/include/
}

# A wheel for the browser: build tools are told that Python runs under WebAssembly.
wheel() { # wheel SOURCE TARGET OPTION...
  from=$1 to=$2
  shift 2
  (
    cd "src/$from"
    export _PYTHON_HOST_PLATFORM=pyemscripten_2026_0_wasm32 PYTHONPATH=/build/settings
    export _PYTHON_SYSCONFIGDATA_NAME=_sysconfigdata__emscripten_wasm32-emscripten
    python -m build --wheel --no-isolation --skip-dependency-check --outdir /build/$to "$@"
  )
}

for_setuptools() { # the compiler by the names that setuptools knows
  export CC=/build/bin/wcc CXX=/build/bin/wcxx AR=emar
  export LDSHARED="/build/bin/wcc -shared" LDCXXSHARED="/build/bin/wcxx -shared"
}

numpy_wheel() { # numpy_wheel TARGET TAGS
  wheel numpy $1 -Csetup-args=--cross-file=$recipe/cross.ini -Csetup-args=-Dbuildtype=release \
    -Csetup-args=-Dallow-noblas=true -Csetup-args=-Dblas=none -Csetup-args=-Dlapack=none \
    -Cbuild-dir=/build/build-numpy -Cinstall-args=--tags=$2
}
numpy() { numpy_wheel wheels runtime,python-runtime,devel; }

kiwisolver() (
  for_setuptools
  export SETUPTOOLS_SCM_PRETEND_VERSION=1.5.0 CPPY_DISABLE_FH4=1
  wheel kiwisolver wheels
)

matplotlib_wheel() ( # matplotlib_wheel TARGET TAGS
  pybind=$(python -m pybind11 --includes | sed 's/.*-I\([^ ]*pybind11[^ ]*\).*/\1/')
  printf 'Name: pybind11\nDescription: pybind11\nVersion: %s\nCflags: -I%s\n' \
    "$(python -m pybind11 --version)" "$pybind" > pkgconfig/pybind11.pc
  export SETUPTOOLS_SCM_PRETEND_VERSION=3.10.8
  wheel matplotlib $1 -Csetup-args=--cross-file=$recipe/cross.ini -Csetup-args=-Dbuildtype=release \
    -Csetup-args=-Dsystem-freetype=true -Csetup-args=-Dmacosx=false -Csetup-args=-Db_lto=false \
    -Cbuild-dir=/build/build-matplotlib -Cinstall-args=--tags=$2
)
matplotlib() { matplotlib_wheel wheels data,python-runtime,runtime; }

pillow() (
  for_setuptools
  export ZLIB_ROOT=/build/prefix
  without=
  for each in jpeg tiff freetype raqm lcms webp jpeg2000 imagequant xcb avif; do
    without="$without -C $each=disable"
  done
  wheel pillow wheels -C platform-guessing=disable -C zlib=enable $without
)

# The same compiled files with their makers' tests beside them, and what only those need: for suites/.
with_tests() {
  numpy_wheel with-tests runtime,python-runtime,tests
  matplotlib_wheel with-tests data,python-runtime,runtime,tests
}

once tools
export PATH=/build/venv/bin:$PATH
for name in wcc wcxx; do install -m 755 $recipe/compiler.py bin/$name; done
printf '#!/bin/sh\nPKG_CONFIG_LIBDIR=/build/pkgconfig exec /usr/bin/pkg-config "$@"\n' > bin/pkg-config
chmod 755 bin/pkg-config
for part in headers sources licences freetype zlib numpy kiwisolver matplotlib pillow with_tests; do
  once $part
done
