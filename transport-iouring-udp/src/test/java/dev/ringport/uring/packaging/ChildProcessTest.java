// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.packaging;

import dev.ringport.testkit.ChildJvm;
import dev.ringport.testkit.packaging.ChildProcessContract;
import dev.ringport.uring.Uring;
import dev.ringport.uring.UringDatagramChannel;
import dev.ringport.uring.testing.RefuseIoUring;
import dev.ringport.uring.testing.ReportAvailability;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ChildProcessTest extends ChildProcessContract {
    ChildProcessTest() {
        super(Uring.class, "dev.ringport.transport.uring", ReportAvailability.class, UringDatagramChannel.class);
    }

    @ParameterizedTest
    @CsvSource({"1, EPERM, io_uring_setup", "38, ENOSYS, io_uring_setup", "1, EPERM, io_uring_enter",
        "38, ENOSYS, io_uring_enter", "1, EPERM, io_uring_register"})
    void underASeccompFilterTheCauseNamesTheCallTheErrorAndTheRemedy(String errno, String name, String call)
            throws Exception {
        ChildJvm.Outcome outcome = ChildJvm.onClassPath(Uring.class, ALL_UNNAMED)
                .run(RefuseIoUring.class, errno, call);

        assertRefused(outcome);
        assertThat(outcome.output())
                .containsPattern("refused: .*" + call + ".* failed: " + name + ": .*seccomp.*profile");
    }
}
