// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.suite;

import dev.ringport.iocp.unkind.UnkindLauncher;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.socket.SocketReadPendingTest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

@SuppressWarnings("JUnitMethodInvoked") // Netty's own, but for seeds
@EnabledOnOs(OS.WINDOWS)
class IocpSocketReadPendingTest extends SocketReadPendingTest {
    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
        return Bootstraps.combinations();
    }

    @Override
    @Test
    public void testReadPendingIsResetAfterEachRead(TestInfo test) throws Throwable {
        assumeTrue(System.getProperty(UnkindLauncher.SEED) == null,
                "it counts the ends of read batches, and each receive that is told later ends one");
        super.testReadPendingIsResetAfterEachRead(test);
    }
}
