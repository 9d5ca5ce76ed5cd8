// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.layers;

import dev.ringport.linux.abi.Linux;
import dev.ringport.testkit.packaging.LayersContract;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

class LayersTest extends LayersContract {
    LayersTest() {
        super(Linux.class);
    }

    @Test
    void abiKnowsNothingButNativeCalls() {
        classes().that()
                .resideInAPackage("dev.ringport.linux.abi")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", "dev.ringport.ffm", "dev.ringport.linux.abi")
                .check(classes);
    }
}
