#!/usr/bin/env bash
# Makes ready what Sohoa needs: system packages (with apt, where they are missing and can be installed) and a
# Python environment in .venv. Says exactly what to type where it cannot do so itself.
#   setup/bootstrap.sh [run|dev]
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:-run}
python=${PYTHON:-python3}

system_packages=(tesseract-ocr tesseract-ocr-vie libgl1 libglib2.0-0)

say() { printf 'sohoa: %s\n' "$*" >&2; }
give_up() { say "$1"; printf '    %s\n' "${@:2}" >&2; exit 1; }

installed() { dpkg-query -W -f '${Status} ${Provides}\n' "$1" 2>/dev/null | grep -q '^install ok installed' ||
    dpkg-query -W -f '${Status} ${Provides}\n' 2>/dev/null | grep '^install ok installed' | grep -qE "[ ,]$1( |,|$)"; }

as_root=()
can_install() {
    [ "$(id -u)" = 0 ] && return 0
    command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null && as_root=(sudo -n) && return 0
    return 1
}

install_packages() {
    say "installing system packages: $*"
    "${as_root[@]}" apt-get update -qq || say "the list of packages could not be renewed; trying with the one at hand"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
        give_up "apt could not install them. Mend apt's sources, or install by hand and run this again:" \
            "sudo apt-get update && sudo apt-get install -y $*"
}

need_packages() {
    [ $# -gt 0 ] || return 0
    if can_install; then
        install_packages "$@"
    else
        give_up "these system packages are missing and you may not install them here. Ask an administrator to type:" \
            "sudo apt-get update && sudo apt-get install -y $*"
    fi
}

has_postgresql() { command -v initdb >/dev/null 2>&1 || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }

# The tests begin a server of their own; where it cannot be installed they skip what needs one, and say so.
install_postgresql() {
    if can_install; then
        # Nobody wants a server that is always on because of tests.
        local setting=/etc/postgresql-common/createcluster.d/sohoa.conf
        "${as_root[@]}" mkdir -p "${setting%/*}"
        echo 'create_main_cluster = false' | "${as_root[@]}" tee "$setting" >/dev/null
        install_packages postgresql
        "${as_root[@]}" rm "$setting"
    else
        say "PostgreSQL is not installed, so its tests will be skipped. To run them: sudo apt-get install -y postgresql"
    fi
}

if command -v apt-get >/dev/null 2>&1 && command -v dpkg-query >/dev/null 2>&1; then
    command -v "$python" >/dev/null 2>&1 || system_packages+=(python3)
    if [ ! -x .venv/bin/python ] && ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        system_packages+=(python3-venv)
    fi
    missing=()
    for package in "${system_packages[@]}"; do installed "$package" || missing+=("$package"); done
    # A program from another source serves as well as the package.
    if command -v tesseract >/dev/null 2>&1 && tesseract --list-langs 2>/dev/null | grep -qx vie; then
        kept=()
        for package in "${missing[@]}"; do [[ $package == tesseract-* ]] || kept+=("$package"); done
        missing=("${kept[@]}")
    fi
    need_packages "${missing[@]}"
    [ "$purpose" = dev ] && ! has_postgresql && install_postgresql
elif ! command -v tesseract >/dev/null 2>&1 || ! tesseract --list-langs 2>/dev/null | grep -qx vie; then
    give_up "Tesseract with its Vietnamese data is missing, and this system has no apt. Install with its own packages:" \
        "tesseract 5 and its language data 'vie' (on Fedora: sudo dnf install tesseract tesseract-langpack-vie)"
fi

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    give_up "Python 3.11 or newer is needed; $python is $("$python" -V 2>&1). Install one and name it:" \
        "make run PYTHON=python3.12"

extras=""
[ "$purpose" = dev ] && extras="[dev]"
stamp=".venv/.sohoa-$purpose-$(sha256sum pyproject.toml | cut -c1-16)"
if [ ! -e "$stamp" ]; then
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    say "installing Python packages into .venv (a few minutes the first time)"
    .venv/bin/python -m pip install -q --disable-pip-version-check --only-binary :all: -e ".$extras" ||
        give_up "pip could not install the packages. With a network or a mirror at hand, type:" \
            ".venv/bin/python -m pip install -e '.$extras'"
    say "compiling the inner loops of the restoration (once)"
    .venv/bin/python -c 'from models.restoration import Restorer; Restorer.load().restore_text("Ké hoach", regime="eng")'
    touch "$stamp"
fi
