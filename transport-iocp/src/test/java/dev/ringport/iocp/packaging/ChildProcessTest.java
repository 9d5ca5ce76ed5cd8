// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.packaging;

import dev.ringport.iocp.Iocp;
import dev.ringport.iocp.IocpDatagramChannel;
import dev.ringport.iocp.IocpSelfTest;
import dev.ringport.testkit.ChildJvm;
import dev.ringport.testkit.packaging.ChildProcessContract;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

@EnabledOnOs(OS.WINDOWS)
class ChildProcessTest extends ChildProcessContract {
    ChildProcessTest() {
        super(Iocp.class, "dev.ringport.transport.iocp", ReportAvailability.class, IocpDatagramChannel.class);
    }

    @Test
    void theSelfTestIsOneCommand() throws Exception {
        ChildJvm.Outcome outcome = ChildJvm.onClassPath(Iocp.class, ALL_UNNAMED).withNetwork().run(IocpSelfTest.class);

        assertThat(outcome.output()).contains("iocp: on", "WSAStartup", "TransmitFile", " 0 failed");
        assertThat(outcome.exit()).isZero();
    }

    @Test
    void aLookupUnderWayIsEndedBeforeTheJvmIs() throws Exception {
        ChildJvm.Outcome outcome = ChildJvm.onClassPath(Iocp.class, ALL_UNNAMED).run(LookupAtExit.class);

        assertThat(outcome.output()).containsSubsequence("cancelled", "ended with 10111");
        assertThat(outcome.exit()).isZero();
    }

    @Test
    void aLookupThatDoesNotEndHoldsNoJvmBack() throws Exception {
        ChildJvm.Outcome outcome = ChildJvm.onClassPath(Iocp.class, ALL_UNNAMED).run(LookupAtExit.class, "never");

        assertThat(outcome.output()).contains("cancelled").doesNotContain("ended");
        assertThat(outcome.exit()).isZero();
    }
}
