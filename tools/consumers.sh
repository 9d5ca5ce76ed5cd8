#!/usr/bin/env bash
# Copyright 2026 The Ringport Authors
# SPDX-License-Identifier: Apache-2.0
# The smallest programs of somebody else's, by the ways in which people put programs together: class path, module path,
# an image of jlink's, one jar with everything moved to other packages, and bundles in an OSGi framework. Each sends a
# datagram to itself and back by Ringport's channels. Then one program for each adapter with its framework, and the
# documents' first programs from an empty folder, word by word. What they know of Ringport is what was deployed to
# target/repository, so ./test deploys there first; that alone, with JDK25_HOME set for this script:
#   mvn -Prelease -Dmaven.install.skip -Dmaven.test.skip deploy -DaltDeploymentRepository=consumers::file://$PWD/target/repository
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
repository=$root/target/repository
work=$root/target/consumers
source "$root/tools/maven.sh"

fail() {
    echo "consumers: $*" >&2
    exit 1
}

# Maven prints colour codes even where it prints nothing.
without_colours() {
    sed 's/\x1b\[[0-9;]*m//g'
}

# As Netty names it in the classifiers of its natives.
case $(uname -m) in
    aarch64) native=linux-aarch_64 ;;
    x86_64) native=linux-x86_64 ;;
    *) fail "the programs want natives for x86_64 or aarch64, and this is $(uname -m)" ;;
esac

# The names of what was deployed, and of what the BOM has.
deployed() {
    find "$repository/dev/ringport" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort
}
in_bom() {
    sed -n '/<dependencyManagement>/,$ s|.*<artifactId>\(ringport-.*\)</artifactId>.*|\1|p' "$root/bom/pom.xml" | sort
}
[[ -d $repository/dev/ringport ]] || fail "nothing was deployed to $repository"
differ=$(diff <(deployed | grep -vxE 'ringport-(parent|bom)') <(in_bom)) \
    || fail "the BOM is to have every module that is deployed, and no other: $differ"

version=$(sed -n 's|.*<version>\(.*\)</version>.*|\1|p' "$root/bom/pom.xml" | head -n 1)
for module in $(in_bom); do
    kinds=("$repository/dev/ringport/$module/$version"/*-{sources,javadoc}.jar)
    ((${#kinds[@]} == 2)) && [[ -f ${kinds[0]} && -f ${kinds[1]} ]] || fail "$module has no sources or no Javadoc"
    for jar in "$repository/dev/ringport/$module/$version"/*.jar; do
        names=$(unzip -Z1 "$jar")
        for file in LICENSE NOTICE; do
            grep -qx "META-INF/$file" <<< "$names" || fail "$(basename "$jar") has no META-INF/$file"
        done
    done
    main=$(find "$repository/dev/ringport/$module/$version" -name '*.jar' ! -name '*-sources.jar' ! -name '*-javadoc.jar')
    unzip -p "$main" META-INF/MANIFEST.MF | grep -q '^Bundle-SymbolicName: dev\.ringport\.' \
        || fail "$(basename "$main") has no OSGi headers: its module wants a bnd.bnd"
done

# The JDK that a user of Java 25 would have.
jdk=${JDK25_HOME:-$(cat "$root/transport-iouring-udp/target/java-home")}

# The user's own settings and mirrors serve these programs as they serve the build, so no repository is named that a mirror
# might take the place of. What they have for a local repository is the user's, by links, but for dev/ringport: there, as
# mvn install would have put it, is what was deployed. What they download goes through the links into the user's; the
# links are removed at the end, so that nothing that empties target later can follow them.
# A bare echo would be the script ./echo.
users=$(cd "$root" \
    && run_maven -q -N exec:exec -Dexec.executable=/bin/echo '-Dexec.args=${settings.localRepository}' | without_colours) \
    && [[ -d $users ]] || fail "Maven does not tell where its local repository is: $users"
rm -rf "$work"
mkdir -p "$work/m2/dev/ringport" "$users"/{com,io,org}
trap 'find "$work/m2" -type l -delete || true' EXIT
link() { # folder of the user's local repository, folder here, what to leave out
    local entry
    for entry in "$1"/*; do
        [[ ! -d $entry || ${entry##*/} == "$3" ]] || ln -s "$entry" "$2/"
    done
}
link "$users" "$work/m2" dev
link "$users/dev" "$work/m2/dev" ringport
files=$(find "$repository/dev/ringport" -name '*.jar' -o -name '*.pom')
while read -r file; do
    installed=$work/m2/${file#"$repository/"}
    mkdir -p "${installed%/*}"
    # A snapshot was deployed as of a time.
    cp "$file" "$(sed -E "s|-[0-9]{8}\.[0-9]{6}-[0-9]+([^/]*)$|-SNAPSHOT\1|" <<< "$installed")"
done <<< "$files"
build() { # folder, what Maven is to know beside
    (cd "$1" && JAVA_HOME=$jdk MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow" \
        run_maven -q "-Dmaven.repo.local=$work/m2" "-Dringport.version=$version" "${@:2}" package)
}
cp -r "$root/tools/consumers/." "$work/app"
build "$work/app"
app=$work/app/target

# Each adapter with the version of its framework that its tests ran with.
property() { # pom, property
    sed -n "s|.*<$2>\(.*\)</$2>.*|\1|p" "$root/$1" | head -n 1
}
adapters=$work/app/adapters
example=dev/ringport/quic/example
mkdir -p "$adapters/quic/src/main/java/$example"
cp "$root/adapters/ringport-quic/src/test/java/$example/Http3Example.java" "$adapters/quic/src/main/java/$example"
build "$adapters" "-Dnetty.version=$(property pom.xml netty.version)" "-Dnative=$native" \
    "-Dvertx.version=$(property adapters/ringport-vertx/pom.xml vertx.version)" \
    "-Dreactor-netty.version=$(property adapters/ringport-reactor/pom.xml reactor-netty.version)"

passed=0
# Looks at what a program printed as an error: its name.
without_complaints() {
    ! grep -E 'WARN|SEVERE|Exception|Error' "$work/$1.err" >&2 || fail "$1 complained"
}

# Runs a consumer: its name, the package that Ringport's classes are to have in it, then the command.
consumer() {
    local name=$1 package=$2 output line
    shift 2
    output=$(LC_ALL=C "$@" 2> "$work/$name.err") || fail "$name ended with $?: $output $(cat "$work/$name.err")"
    for line in "answer: ping" "server: $package.uring.UringDatagramChannel" "client: $package.uring.UringDatagramChannel"; do
        grep -qxF "$line" <<< "$output" || fail "$name did not print '$line': $output"
    done
    without_complaints "$name"
    echo "consumers: $name: echoed by $package.uring.UringDatagramChannel"
    passed=$((passed + 1))
}

consumer class-path dev.ringport "$jdk/bin/java" --illegal-native-access=deny --enable-native-access=ALL-UNNAMED \
    -cp "$app/classes:$app/lib/*" consumer.Echo

consumer module-path dev.ringport "$jdk/bin/java" --illegal-native-access=deny --enable-native-access=dev.ringport.common \
    -p "$app/consumer-1.jar:$app/lib" -m consumer/consumer.Echo

"$jdk/bin/jlink" --module-path "$app/consumer-1.jar:$app/lib" \
    --add-modules consumer,dev.ringport.transport.uring,dev.ringport.transport.iocp \
    --add-options="--enable-native-access=dev.ringport.common" --launcher echo=consumer/consumer.Echo \
    --output "$work/image" 2> "$work/jlink.err" || fail "jlink: $(cat "$work/jlink.err")"
consumer jlink dev.ringport "$work/image/bin/echo"

consumer fat-jar-relocated consumer.shaded.ringport "$jdk/bin/java" --illegal-native-access=deny \
    -jar "$app/consumer-1-relocated.jar"

# Made without merging services files: the datagram goes its way by what is left, and what was lost is told.
lost=$(LC_ALL=C "$jdk/bin/java" --illegal-native-access=deny -jar "$app/consumer-1-lost.jar" 2>&1) \
    || fail "fat-jar-lost ended with $?: $lost"
grep -q '^lost: .*dev\.ringport\.uring\.UringTransportProvider' <<< "$lost" \
    || fail "a fat jar without io_uring's services file does not tell of it: $lost"
echo "consumers: fat-jar-lost: told"
passed=$((passed + 1))

cp "$app/consumer-1.jar" "$app/lib"/* "$app/osgi-bundles"
consumer osgi dev.ringport "$jdk/bin/java" --illegal-native-access=deny --enable-native-access=ALL-UNNAMED \
    --sun-misc-unsafe-memory-access=allow -cp "$app/osgi-framework/*" "$work/app/osgi/Host.java" "$work/osgi-cache" \
    "$app/osgi-bundles"

# On a framework: its name, and what it is to print beside who carried its datagrams.
framework() {
    local name=$1 output line
    local lines=("server: dev.ringport.mmsg" "client: dev.ringport.mmsg" "${@:2}")
    # A program that fails may have loops that go on.
    output=$(LC_ALL=C timeout 120 "$jdk/bin/java" --illegal-native-access=deny --enable-native-access=ALL-UNNAMED \
        -cp "$adapters/$name/target/classes:$adapters/$name/target/lib/*" "consumer.On${name^}" 2> "$work/$name.err") \
        || fail "$name ended with $?: $output $(cat "$work/$name.err")"
    for line in "${lines[@]}"; do
        grep -qxF "$line" <<< "$output" || fail "$name did not print '$line': $output $(cat "$work/$name.err")"
    done
    ! grep -E '^(server|client): ' <<< "$output" | grep -vx '.*: dev\.ringport\.mmsg' \
        || fail "$name had datagrams that came otherwise: $output"
    without_complaints "$name"
    echo "consumers: $name: carried by dev.ringport.mmsg"
    passed=$((passed + 1))
}
framework dns "answer: 10.1.1.1"
framework quic "answer: 1048576" "segmented: true"
framework reactor "answer: ping" "HTTP: hello"
framework vertx "answer: ping" "HTTP: hello"

# A document followed word by word from an empty folder: its first pom, program and commands, and what it says they print.
document() {
    local name=$1 folder=$work/$1 blocks=$work/$1-blocks commands output
    mkdir -p "$folder/src/main/java" "$folder/.mvn" "$blocks"
    awk -v blocks="$blocks" '/^```/ { inside = !inside; n += inside; next } inside { print > sprintf("%s/%03d", blocks, n) }' \
        "$root/docs/$name.md"
    cp "$(grep -l '^<project ' "$blocks"/* | head -n 1)" "$folder/pom.xml"
    cp "$(grep -l '^public class First ' "$blocks"/* | head -n 1)" "$folder/src/main/java/First.java"
    commands=$(grep -l '^mvn .*dependency:copy-dependencies' "$blocks"/* | head -n 1)
    echo "-Dmaven.repo.local=$work/m2" > "$folder/.mvn/maven.config"
    output=$(cd "$folder" && JAVA_HOME=$jdk LC_ALL=C bash -e "$commands" 2> "$work/$name.err") \
        || fail "$name.md: its commands ended with $?: $output $(cat "$work/$name.err")"
    output=$(without_colours <<< "$output")
    [[ $output == "$(cat "$(printf '%s/%03d' "$blocks" $((10#${commands##*/} + 1)))")" ]] \
        || fail "$name.md: its program printed: $output $(cat "$work/$name.err")"
    echo "consumers: $name.md: $output"
    passed=$((passed + 1))
}
document getting-started
document frameworks

echo "$passed passed, 0 failed"
