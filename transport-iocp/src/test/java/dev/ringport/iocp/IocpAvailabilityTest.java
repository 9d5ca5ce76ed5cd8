// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.ServerTransport;
import dev.ringport.Transports;
import dev.ringport.ffm.NativeMemory;
import dev.ringport.iocp.abi.AbsentQwave;
import dev.ringport.iocp.abi.FileCompletionInformation;
import dev.ringport.iocp.abi.Qwave;
import dev.ringport.iocp.abi.WindowsCalls;
import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.abi.WindowsVersion;
import dev.ringport.iocp.abi.WsaProtocolInfow;
import dev.ringport.iocp.loop.Features;
import dev.ringport.iocp.loop.Features.Feature;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.ringport.iocp.abi.WinsockConstants.UDP_SEND_MSG_SIZE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is said of a system, by whether the transport can be used there. */
class IocpAvailabilityTest {
    private static final String ELSEWHERE = "completion ports are Windows'; this is " + System.getProperty("os.name");

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void elsewhereTheCauseSaysSo() {
        assertThat(Iocp.isAvailable()).isFalse();
        assertThat(Iocp.unavailabilityCause()).isInstanceOf(UnsupportedOperationException.class).hasMessage(ELSEWHERE);
        assertThatThrownBy(Iocp::ensureAvailability).isInstanceOf(UnsupportedOperationException.class)
                .hasMessage(ELSEWHERE);
        assertThat(Iocp.canMoveSockets()).isFalse();
        assertThat(Iocp.capabilities()).isEqualTo("iocp: off (" + ELSEWHERE + ")");
        assertThat(Iocp.selfTest()).startsWith("iocp: off (" + ELSEWHERE + ")").contains("0 ok", "0 failed");
        assertThat(Transports.best().datagrams().name()).isEqualTo("nio");
        assertThat(Transports.best().connections().name()).isEqualTo("nio");
        assertThat(Transports.report().lines()).startsWith("best: datagrams: nio, connections: nio, one group")
                .contains("iocp: off (" + ELSEWHERE + ")", "nio: on");
    }

    static Stream<ThrowingCallable> whatNeedsWindows() {
        return Stream.of(
                IocpDatagramChannel::new,
                () -> new IocpDatagramChannel(SocketProtocolFamily.INET),
                IocpSocketChannel::new,
                () -> new IocpSocketChannel(SocketProtocolFamily.INET6),
                IocpServerSocketChannel::new,
                () -> new IocpServerSocketChannel(SocketProtocolFamily.INET),
                () -> new IocpFileRegion(Path.of("file"), 0, 1),
                WinsockAddressResolverGroup::new,
                () -> IocpIoHandler.newFactory().newHandler(ImmediateEventExecutor.INSTANCE));
    }

    @ParameterizedTest
    @MethodSource("whatNeedsWindows")
    @DisabledOnOs(OS.WINDOWS)
    void elsewhereNothingCanBeMadeAndTheMessageSaysWhy(ThrowingCallable maker) {
        assertThatThrownBy(maker).isInstanceOf(UnsupportedOperationException.class).hasMessage(ELSEWHERE);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void elsewhereAGroupCannotBeMadeAndTheCauseSaysWhy() {
        assertThatThrownBy(() -> new IocpEventLoopGroup(1)).rootCause()
                .isInstanceOf(UnsupportedOperationException.class).hasMessage(ELSEWHERE);
    }

    @Test
    @EnabledOnOs(OS.WINDOWS)
    void onWindowsItIsTheBestAndTellsWhatItCan() {
        assertThat(Iocp.unavailabilityCause()).isNull();
        assertThat(Iocp.isAvailable()).isTrue();
        Iocp.ensureAvailability();
        WindowsVersion version = WindowsVersion.ofThisSystem();
        assertThat(version.meetsFloor()).isTrue();
        assertThat(Iocp.capabilities()).startsWith("iocp: on; Windows 10.0." + version.build())
                .contains("AcceptEx", "UDP_SEND_MSG_SIZE", "UDP_RECV_MAX_COALESCED_SIZE", "qWAVE")
                .contains("skipped packets " + Iocp.features().skippedPackets())
                .contains("moving between loops " + Iocp.features().moving())
                .doesNotContain("\n");
        assertThat(Iocp.canMoveSockets()).isEqualTo(Iocp.features().moving().on());
        for (ServerTransport best : List.of(Transports.best(), Transports.bestOnOneLoop())) {
            assertThat(best.isOnOneLoop()).isTrue();
            assertThat(best.datagrams()).isSameAs(best.connections());
            assertThat(best.datagrams().name()).isEqualTo("iocp");
            assertThat(best.datagrams().rank()).isEqualTo(100);
            assertThat(best.datagrams().unavailabilityCause()).isNull();
            assertThat(best.datagramChannelClass()).isEqualTo(IocpDatagramChannel.class);
            assertThat(best.socketChannelClass()).isEqualTo(IocpSocketChannel.class);
            assertThat(best.serverSocketChannelClass()).isEqualTo(IocpServerSocketChannel.class);
        }
        assertThat(Transports.report().lines()).startsWith(
                "best: datagrams: iocp, connections: iocp, one group",
                "best on one loop: datagrams: iocp, connections: iocp, one group", Iocp.capabilities(), "nio: on");
    }

    @ParameterizedTest
    @CsvSource({"6, 1, false", "6, 3, false", "10, 0, true", "11, 0, true"})
    void theFloorIsTen(int major, int minor, boolean met) {
        WindowsVersion version = new WindowsVersion(major, minor, 9600, false);

        assertThat(version.meetsFloor()).isEqualTo(met);
        assertThat(version).hasToString("Windows " + major + "." + minor + ".9600");
        assertThat(new WindowsVersion(10, 0, 1, true)).hasToString("Windows 10.0.1 under Wine");
    }

    @Test
    void aFeatureThatIsOffSaysWhichCallSaysSo() {
        assertThat(Feature.of("call", -WindowsErrors.WSAENOPROTOOPT)).hasToString(
                "off (call: " + WindowsErrors.describe(WindowsErrors.WSAENOPROTOOPT) + ")");
        assertThat(Feature.of("call", 0)).hasToString("on");
    }

    @Test
    @EnabledOnOs(OS.WINDOWS)
    void eachFeatureIsFoundByDoingIt() {
        Set<Object> open = ConcurrentHashMap.newKeySet();
        AtomicInteger moves = new AtomicInteger();
        try (MovablePorts willing = new MovablePorts()) {
            ReplacedCalls.Answer make = willing.calls.answer("createIoCompletionPort");
            ReplacedCalls.Answer move = willing.calls.answer("ntSetInformationFile");
            willing.calls
                    .on("setsockopt", (real, arguments) -> 0)
                    .on("createIoCompletionPort", (real, arguments) -> {
                        Object port = make.to(real, arguments);
                        open.add(port);
                        return port;
                    })
                    .on("closeHandle", (real, arguments) -> {
                        open.remove(arguments[1]);
                        return real.call();
                    })
                    .on("ntSetInformationFile", (real, arguments) -> {
                        assertThat(open).as("ports open").hasSize(2).contains(
                                NativeMemory.at((Long) arguments[2], FileCompletionInformation.BYTES)
                                        .get(ValueLayout.JAVA_LONG, 0));
                        moves.incrementAndGet();
                        return move.to(real, arguments);
                    });

            Features features = Features.find(willing.calls.calls());

            assertThat(features).hasToString(
                    "UDP_SEND_MSG_SIZE on; UDP_RECV_MAX_COALESCED_SIZE on; skipped packets on;"
                            + " moving between loops on; qWAVE on");
            // Of a datagram socket and of a stream, there and back.
            assertThat(moves).hasValue(4);
            assertThat(open).as("ports left open").isEmpty();
        }
    }

    @Test
    @EnabledOnOs(OS.WINDOWS)
    void capabilitiesAreReadWithoutStartingAService() {
        // QOSCreateHandle starts the service of qWAVE.
        ReplacedCalls calls = new ReplacedCalls();
        Queue<String> asked = new ConcurrentLinkedQueue<>();
        for (Method function : Qwave.class.getMethods()) {
            calls.on(function.getName(), (real, arguments) -> {
                asked.add(function.getName());
                return real.call();
            });
        }

        WindowsCalls with = calls.calls();
        assertThat(Features.find(with).quality()).hasToString("on");

        assertThat(asked).isEmpty();
        WindowsCalls without = new WindowsCalls(
                with.kernel32(), with.winsock(), with.extensions(), new AbsentQwave(), with.ntdll());
        assertThat(Features.find(without).quality()).hasToString("off (this system has no qwave)");
    }

    @Test
    @EnabledOnOs(OS.WINDOWS)
    void whatIsRefusedIsOffAndTheRestIsNot() {
        ReplacedCalls layered = new ReplacedCalls()
                .on("setsockopt", (real, arguments) -> (Integer) arguments[3] == UDP_SEND_MSG_SIZE
                        ? -WindowsErrors.WSAENOPROTOOPT
                        : 0)
                .on("getsockopt", (real, arguments) -> {
                    NativeMemory.at((Long) arguments[4], WsaProtocolInfow.BYTES).fill((byte) 0);
                    return 0;
                })
                .on("ntSetInformationFile", (real, arguments) -> MovablePorts.STATUS_INVALID_PARAMETER);

        Features features = Features.find(layered.calls());

        assertThat(features.segmentation().on()).isFalse();
        assertThat(features.segmentation().why()).contains("UDP_SEND_MSG_SIZE", "WSAENOPROTOOPT", "10042");
        assertThat(features.coalescing().on()).isTrue();
        assertThat(features.skippedPackets().why()).contains("XP1_IFS_HANDLES");
        assertThat(features.moving().why()).isEqualTo("NtSetInformationFile answers 0xc000000d");
    }
}
