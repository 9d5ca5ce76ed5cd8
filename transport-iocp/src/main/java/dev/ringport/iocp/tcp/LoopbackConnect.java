// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.tcp;

import dev.ringport.iocp.abi.TcpInitialRtoParameters;
import dev.ringport.iocp.abi.WindowsVersion;
import dev.ringport.iocp.loop.OverlappedSocket;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import static dev.ringport.iocp.abi.WinsockConstants.SIO_TCP_INITIAL_RTO;
import static dev.ringport.iocp.abi.WinsockConstants.TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS;
import static dev.ringport.iocp.abi.WinsockConstants.TCP_INITIAL_RTO_UNSPECIFIED_RTT;

/**
 * A connect to this machine that is refused fails at once. Windows asks a port that refuses three times over, for two
 * seconds in all: on loopback an answer is final, also that of a listener whose backlog is full, and libuv and the JDK do the same. Not run
 * on Windows.
 */
public final class LoopbackConnect {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(LoopbackConnect.class);
    private static final int BUILD_OF_1709 = 16_299;
    private static final int FEWEST_BEFORE_1709 = 1;
    private static final int RETRANSMISSIONS = retransmissions(WindowsVersion.ofThisSystem());

    private LoopbackConnect() {}

    /** How often such a Windows is told to try again: never, or as seldom as it takes. */
    public static int retransmissions(WindowsVersion version) {
        return version.isAtLeast(BUILD_OF_1709) ? TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS : FEWEST_BEFORE_1709;
    }

    /** Before the socket connects to a loopback address. A Windows that refuses it takes its time. */
    static void prepare(OverlappedSocket socket) {
        try {
            socket.call("WSAIoctl(SIO_TCP_INITIAL_RTO)", (capture, arena) -> {
                MemorySegment parameters = arena.allocate(TcpInitialRtoParameters.LAYOUT);
                TcpInitialRtoParameters.rtt(parameters, 0, TCP_INITIAL_RTO_UNSPECIFIED_RTT);
                TcpInitialRtoParameters.maxSynRetransmissions(parameters, 0, RETRANSMISSIONS);
                return socket.calls().winsock().wsaIoctl(
                        capture, socket.handle(), SIO_TCP_INITIAL_RTO, parameters.address(),
                        (int) TcpInitialRtoParameters.BYTES, 0, 0, arena.allocate(ValueLayout.JAVA_INT).address(), 0,
                        0);
            });
        } catch (IOException refused) {
            LOGGER.debug("connects to this machine are tried again when they are refused: {}", refused.toString());
        }
    }
}
