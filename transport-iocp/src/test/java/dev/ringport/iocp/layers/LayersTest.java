// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.layers;

import com.tngtech.archunit.core.domain.JavaClass;
import dev.ringport.datagram.receive.Payload;
import dev.ringport.iocp.Iocp;
import dev.ringport.iocp.loop.Operation;
import dev.ringport.testkit.packaging.LayersContract;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

class LayersTest extends LayersContract {
    private static final String ROOT = "dev.ringport.iocp";
    private static final int MOST_A_PACKAGE = 20;

    LayersTest() {
        super(Iocp.class);
    }

    @Test
    void abiKnowsNothingButNativeCalls() {
        classes().that()
                .resideInAPackage(ROOT + ".abi")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", "dev.ringport.ffm", ROOT + ".abi")
                .check(classes);
    }

    @Test
    void noRoomKnowsThePublicOnes() {
        noClasses().that()
                .resideInAPackage(ROOT + ".*")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT)
                .check(classes);
    }

    @Test
    void loopsKnowNoKindOfChannel() {
        noClasses().that()
                .resideInAPackage(ROOT + ".loop")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".tcp", ROOT + ".udp", ROOT + ".file", ROOT + ".names", ROOT + ".selftest")
                .check(classes);
    }

    @Test
    void streamsAndDatagramsKnowNothingOfEachOther() {
        noClasses().that()
                .resideInAPackage(ROOT + ".udp")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".tcp", ROOT + ".file")
                .check(classes);
        noClasses().that()
                .resideInAnyPackage(ROOT + ".tcp", ROOT + ".file")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".udp")
                .check(classes);
    }

    /** An object of its own for each would be one a datagram. */
    @Test
    void whatAReceiveBringsIsTakenOutOfTheReceiveItself() {
        classes().that()
                .areAssignableTo(Payload.class)
                .and().resideInAPackage(ROOT + "..")
                .should()
                .beAssignableTo(Operation.class)
                .check(classes);
    }

    @Test
    void noRoomIsCrowded() {
        Map<String, Integer> counts = new TreeMap<>();
        for (JavaClass type : classes) {
            if (type.getPackageName().startsWith(ROOT) && type.isTopLevelClass()
                    && !type.getSimpleName().equals("package-info")) {
                counts.merge(type.getPackageName(), 1, Integer::sum);
            }
        }
        counts.remove(ROOT + ".abi");
        assertThat(counts).containsKeys(ROOT, ROOT + ".loop", ROOT + ".tcp", ROOT + ".file", ROOT + ".udp");
        assertThat(counts.values()).as("classes a package, %s", counts).allMatch(count -> count <= MOST_A_PACKAGE);
    }
}
