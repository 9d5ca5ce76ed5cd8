// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** What each package of the shared module may know. */
class LayersTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.ringport");

    @Test
    void ffmKnowsNothingButBuffers() {
        classes().that()
                .resideInAPackage("dev.ringport.ffm")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", "io.netty.buffer", "dev.ringport.ffm")
                .check(CLASSES);
    }

    @Test
    void netKnowsNoChannel() {
        classes().that()
                .resideInAPackage("dev.ringport.net")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..", "org.jspecify..", "io.netty.buffer", "io.netty.util..", "dev.ringport.ffm",
                        "dev.ringport.net")
                .check(CLASSES);
    }

    @Test
    void receivingKnowsNothingOfSending() {
        classes().that()
                .resideInAPackage("dev.ringport.datagram.receive")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", "io.netty..", "dev.ringport.datagram.receive")
                .check(CLASSES);
    }

    @Test
    void datagramKnowsNoTransportAndNoLadder() {
        classes().that()
                .resideInAnyPackage("dev.ringport.datagram..", "dev.ringport.loop")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..", "org.jspecify..", "io.netty..", "dev.ringport.ffm", "dev.ringport.net",
                        "dev.ringport.datagram..", "dev.ringport.loop")
                .check(CLASSES);
    }

    @Test
    void theLadderKnowsTransportsByTheirProvidersAlone() {
        noClasses().that()
                .resideInAPackage("dev.ringport")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.ringport.*..")
                .check(CLASSES);
    }
}
