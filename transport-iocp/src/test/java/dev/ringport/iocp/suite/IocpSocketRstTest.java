// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.suite;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.socket.SocketRstTest;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Not with NIO as the client: under Wine it takes a reset for the end of the stream, with NIO as the server too, because
 * the server process of Wine reads {@code SO_ERROR} before the JVM does. The transport's calls have that mended.
 */
@EnabledOnOs(OS.WINDOWS)
class IocpSocketRstTest extends SocketRstTest {
    @Override
    protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
        return Bootstraps.clientCombinationsToldOfResets();
    }
}
