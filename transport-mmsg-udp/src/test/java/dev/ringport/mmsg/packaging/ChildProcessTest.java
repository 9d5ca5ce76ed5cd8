// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.packaging;

import dev.ringport.mmsg.Mmsg;
import dev.ringport.mmsg.MmsgDatagramChannel;
import dev.ringport.mmsg.testing.RefuseCalls;
import dev.ringport.mmsg.testing.ReportAvailability;
import dev.ringport.testkit.ChildJvm;
import dev.ringport.testkit.packaging.ChildProcessContract;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ChildProcessTest extends ChildProcessContract {
    ChildProcessTest() {
        super(Mmsg.class, "dev.ringport.transport.mmsg", ReportAvailability.class, MmsgDatagramChannel.class);
    }

    @ParameterizedTest
    @CsvSource({"1, EPERM, sendmmsg", "38, ENOSYS, sendmmsg", "1, EPERM, recvmmsg", "38, ENOSYS, recvmmsg"})
    void underASeccompFilterTheCauseNamesTheCallTheErrorAndTheRemedyAndNioServes(
            String errno, String name, String call) throws Exception {
        ChildJvm.Outcome outcome = ChildJvm.onClassPath(Mmsg.class, ALL_UNNAMED).run(RefuseCalls.class, errno, call);

        assertRefused(outcome);
        assertThat(outcome.output())
                .containsPattern("refused: .*" + call + " failed: " + name + ": .*seccomp.*" + call + ".*profile")
                .contains("answer: ping", "NioDatagramChannel");
    }

    /** As under a kernel before 5.11. */
    @Test
    void withoutWaitsOfNanosecondsTheTransportIsOnAndServes() throws Exception {
        ChildJvm.Outcome outcome = ChildJvm.onClassPath(Mmsg.class, ALL_UNNAMED)
                .run(RefuseCalls.class, "38", "epoll_pwait2");

        assertThat(outcome.complaints()).isEmpty();
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.output()).contains(
                "available: true", "best: mmsg", "epoll_pwait2 off", "answer: ping",
                "constructor: public dev.ringport.mmsg.MmsgDatagramChannel()");
    }
}
