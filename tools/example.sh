# Copyright 2026 The Ringport Authors
# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts of the root directory, which set root to it.

# Builds a module and what it needs, with a profile that writes which JDK the toolchain is, and sets java to that JDK's.
build_program() { # module, profile
    source "$root/tools/maven.sh"
    (cd "$root" && run_maven -q -Dmaven.test.skip -Dspotless.check.skip "-P$2" package -pl "$1" -am) >&2
    java=$(sed -n 's/^ *java\.home = //p' "$root/$1/target/java-settings")/bin/java
}

# Builds what the examples need and runs one of them, a main class, on the build's JDK.
run_example() {
    local java
    build_program examples echo
    exec "$java" --enable-native-access=ALL-UNNAMED -cp "$root"/examples/target/ringport-examples-*.jar "$@"
}
