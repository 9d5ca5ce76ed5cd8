// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.layers;

import dev.ringport.linux.abi.Linux;
import dev.ringport.testkit.packaging.LayersContract;
import dev.ringport.uring.Uring;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

class LayersTest extends LayersContract {
    LayersTest() {
        super(Uring.class, Linux.class);
    }

    @Test
    void abiKnowsNothingButNativeCalls() {
        classes().that()
                .resideInAPackage("dev.ringport.uring.abi")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", "dev.ringport.ffm", "dev.ringport.linux.abi",
                        "dev.ringport.uring.abi")
                .check(classes);
    }

    @Test
    void ringKnowsNoChannel() {
        classes().that()
                .resideInAPackage("dev.ringport.uring.ring")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..", "org.jspecify..", "io.netty.util..", "io.netty.buffer", "dev.ringport.ffm",
                        "dev.ringport.loop", "dev.ringport.net", "dev.ringport.linux.abi", "dev.ringport.uring.abi",
                        "dev.ringport.uring.ring")
                .check(classes);
    }
}
