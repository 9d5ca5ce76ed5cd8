// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.layers;

import dev.ringport.linux.abi.Linux;
import dev.ringport.mmsg.Mmsg;
import dev.ringport.testkit.packaging.LayersContract;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

class LayersTest extends LayersContract {
    LayersTest() {
        super(Mmsg.class, Linux.class);
    }

    @Test
    void abiKnowsNothingButNativeCalls() {
        classes().that()
                .resideInAPackage("dev.ringport.mmsg.abi")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..", "org.jspecify..", "dev.ringport.ffm", "dev.ringport.linux.abi",
                        "dev.ringport.mmsg.abi")
                .check(classes);
    }

    @Test
    void theEngineKnowsNoHost() {
        classes().that()
                .resideInAPackage("dev.ringport.mmsg.engine")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..", "org.jspecify..", "io.netty.util..", "io.netty.buffer", "io.netty.channel",
                        "dev.ringport.ffm", "dev.ringport.net", "dev.ringport.datagram.send",
                        "dev.ringport.datagram.receive", "dev.ringport.linux..", "dev.ringport.mmsg.abi",
                        "dev.ringport.mmsg.engine")
                .check(classes);
    }
}
