// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.packaging;

import dev.ringport.uring.testing.ChildJvm;
import dev.ringport.uring.testing.EchoOnce;
import dev.ringport.uring.testing.RefuseIoUring;
import dev.ringport.uring.testing.ReportAvailability;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The transport in a process of its own, with no library but those it needs. */
class ChildProcessTest {
    private static final String COMMON = "--enable-native-access=dev.ringport.common";
    private static final String ALL_UNNAMED = "--enable-native-access=ALL-UNNAMED";
    private static final String DENY = "--illegal-native-access=deny";

    @Test
    void aDatagramIsEchoedWithTheLibrariesOnTheClassPath() throws Exception {
        ChildJvm.Outcome outcome = ChildJvm.onClassPath(ALL_UNNAMED).run(EchoOnce.class, "ping");

        assertEchoed(outcome);
        assertThat(outcome.output()).contains("from: unnamed module");
    }

    @Test
    void aDatagramIsEchoedWithTheLibrariesOnTheModulePath() throws Exception {
        ChildJvm.Outcome outcome = ChildJvm.onModulePath(COMMON, DENY).run(EchoOnce.class, "ping");

        assertEchoed(outcome);
        assertThat(outcome.output()).contains("from: module dev.ringport.transport.uring");
    }

    @Test
    void withoutNativeAccessOnTheClassPathTheCauseNamesTheFlag() throws Exception {
        ChildJvm.Outcome outcome = ChildJvm.onClassPath(DENY).run(ReportAvailability.class);

        assertRefused(outcome);
        assertThat(outcome.output()).containsPattern("refused: .*" + ALL_UNNAMED);
    }

    @Test
    void withoutNativeAccessOnTheModulePathTheCauseNamesTheFlagWithTheModule() throws Exception {
        ChildJvm.Outcome outcome = ChildJvm.onModulePath(DENY).run(ReportAvailability.class);

        assertRefused(outcome);
        assertThat(outcome.output()).containsPattern("refused: .*" + COMMON);
    }

    @ParameterizedTest
    @CsvSource({"1, EPERM", "38, ENOSYS"})
    void underASeccompFilterTheCauseNamesTheErrorAndTheRemedy(String errno, String name) throws Exception {
        ChildJvm.Outcome outcome = ChildJvm.onClassPath(ALL_UNNAMED).run(RefuseIoUring.class, errno);

        assertRefused(outcome);
        assertThat(outcome.output())
                .containsPattern("refused: .*io_uring_setup.* " + name + ": .*seccomp.*profile");
    }

    private static void assertRefused(ChildJvm.Outcome outcome) {
        assertThat(outcome.errors()).isEmpty();
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.output()).contains("available: false", "cause: java.lang.", "best: nio");
    }

    private static void assertEchoed(ChildJvm.Outcome outcome) {
        assertThat(outcome.errors()).isEmpty();
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.output()).contains("answer: ping",
                "constructor: public dev.ringport.uring.UringDatagramChannel()");
    }
}
