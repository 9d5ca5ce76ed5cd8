# Copyright 2026 The Ringport Authors
# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts of the root directory, which set root to it.

# Builds what the examples need and runs one of them, a main class, on the build's JDK.
run_example() {
    source "$root/tools/maven.sh"
    (cd "$root" && run_maven -q -Dmaven.test.skip -Dspotless.check.skip -Pecho package -pl examples -am) >&2
    local java
    java=$(sed -n 's/^ *java\.home = //p' "$root/examples/target/java-settings")/bin/java
    exec "$java" --enable-native-access=ALL-UNNAMED -cp "$root"/examples/target/ringport-examples-*.jar "$@"
}
