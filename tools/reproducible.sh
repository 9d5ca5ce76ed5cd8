#!/usr/bin/env bash
# Copyright 2026 The Ringport Authors
# SPDX-License-Identifier: Apache-2.0
# Builds the libraries once more from a copy of the sources in another folder, at another time, in another time zone and
# locale, and compares their jars and sources byte by byte with those in target, which were made with -Prelease.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
source "$root/tools/maven.sh"

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
tar -C "$root" --exclude=.git --exclude=target --exclude=results -cf - . | tar -C "$copy" -xf -

modules=$(sed -n '/<dependencyManagement>/,$ s|.*<artifactId>\(ringport-.*\)</artifactId>.*|\1|p' "$root/bom/pom.xml")
# Error Prone only looks: without it the classes are the same, and sooner there.
(
    cd "$copy"
    TZ=Asia/Tokyo LC_ALL=C run_maven -q -Prelease -Dmaven.test.skip -Dmaven.javadoc.skip -Dspotless.check.skip \
        -Derrorprone.args=-XDnone -Dnullaway.args= package -pl "$(sed 's/^/:/' <<< "$modules" | paste -sd, -)" -am
)

compared=0
for module in $modules; do
    jars=$(cd "$copy" && find . -path "*/target/$module-[0-9]*.jar")
    (($(wc -l <<< "$jars") == 2)) || {
        echo "reproducible: $module should have made a jar and its sources, not: $jars" >&2
        exit 1
    }
    for jar in $jars; do
        cmp "$root/$jar" "$copy/$jar" || {
            echo "reproducible: two builds of $jar differ" >&2
            exit 1
        }
        compared=$((compared + 1))
    done
done
echo "reproducible: $compared jars are the same in two builds"
