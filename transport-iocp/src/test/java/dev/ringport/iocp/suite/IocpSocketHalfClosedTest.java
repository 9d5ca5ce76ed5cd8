// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.suite;

import dev.ringport.iocp.unkind.UnkindLauncher;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.socket.SocketHalfClosedTest;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Netty gives a test 20 s for all its combinations. Two of them receive 16,384 single bytes, up to four times a
 * combination, and under Wine a receive takes 0.1 to 0.4 ms with whatever transport: NIO as the client needs 24 s alone.
 */
@SuppressWarnings("JUnitMethodInvoked") // Netty's own, with another limit
@EnabledOnOs(OS.WINDOWS)
class IocpSocketHalfClosedTest extends SocketHalfClosedTest {
    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
        return Bootstraps.combinations();
    }

    @Override
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    public void testAllDataReadAfterHalfClosure(TestInfo test) throws Throwable {
        super.testAllDataReadAfterHalfClosure(test);
    }

    @Override
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    public void testAllDataReadClosure(TestInfo test) throws Throwable {
        assumeTrue(System.getProperty(UnkindLauncher.SEED) == null,
                "it bounds the ends of read batches, and each receive that is told later ends one");
        super.testAllDataReadClosure(test);
    }
}
