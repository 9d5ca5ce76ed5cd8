// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import dev.ringport.iocp.Iocp;
import dev.ringport.mmsg.Mmsg;
import dev.ringport.mmsg.MmsgDatagramChannel;
import dev.ringport.mmsg.abi.MmsgCalls;
import dev.ringport.testkit.ChildJvm;
import dev.ringport.testkit.ChildJvm.Outcome;
import dev.ringport.testkit.UnderSeccomp;
import dev.ringport.uring.Uring;
import dev.ringport.uring.UringDatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.io.File;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The same program with the same class path, unchanged, in JVMs whose seccomp filter allows io_uring, refuses it as the
 * default profiles of containers do, and refuses more than they do.
 */
@Timeout(ChildJvm.SECONDS + 60)
@EnabledOnOs(OS.LINUX)
class ContainerTest {
    private static final int EPERM = 1;
    /** {@code io_uring_setup}, {@code io_uring_enter} and {@code io_uring_register}, on every architecture. */
    private static final int[] IO_URING = {425, 426, 427};
    private static final String IO_URING_IS_OFF = "uring is off: io_uring is not available on Linux \\S+:"
            + " io_uring_setup failed: %s: .*seccomp.*allow\\S* io_uring_setup, io_uring_enter and io_uring_register.*";

    private static Outcome runRefusing(int errno, int... calls) throws Exception {
        return runRefusing(new Path[0], errno, calls);
    }

    private static Outcome runRefusing(Path[] more, int errno, int... calls) throws Exception {
        ChildJvm program = ChildJvm
                .onClassPath(Uring.class, "--illegal-native-access=deny", "--enable-native-access=ALL-UNNAMED")
                .with(ChildJvm.location(Mmsg.class), ChildJvm.location(Iocp.class))
                .with(more);
        if (calls.length > 0) {
            program.under(UnderSeccomp.refusing(errno, calls));
        }
        return program.run(Echo.class, "demo", "--seconds", "1");
    }

    private static int[] ioUringAnd(String call) {
        long number = call.equals("sendmmsg") ? MmsgCalls.sendmmsgNumber() : MmsgCalls.recvmmsgNumber();
        return IntStream.concat(IntStream.of(IO_URING), IntStream.of((int) number)).toArray();
    }

    @BeforeEach
    void onlyWhereThisSystemRefusesNeither() {
        assumeTrue(Uring.isAvailable(), () -> "" + Uring.unavailabilityCause());
        assumeTrue(Mmsg.isAvailable(), () -> "" + Mmsg.unavailabilityCause());
    }

    @Test
    void whereIoUringIsAllowedItCarriesTheDatagrams() throws Exception {
        Outcome outcome = runRefusing(0);
        assertServed(outcome, "uring", UringDatagramChannel.class);
        assertTrainsBothWays(outcome);
        assertMatches(
                "INFO: the best transports: datagrams: uring; connections: nio \\(.*\\); each has a group of its own",
                line(outcome));
    }

    /** EPERM is Docker's answer, ENOSYS Podman's. */
    @ParameterizedTest
    @CsvSource({"1, EPERM", "38, ENOSYS"})
    void whereIoUringIsRefusedMmsgServesWithTrainsBothWaysAndOneLineSaysWhy(int errno, String name) throws Exception {
        Outcome outcome = runRefusing(errno, IO_URING);
        assertServed(outcome, "mmsg", MmsgDatagramChannel.class);
        assertTrainsBothWays(outcome);
        assertMatches(
                "INFO: the best transports: datagrams: mmsg \\(" + IO_URING_IS_OFF.formatted(name)
                        + "\\); connections: nio .*",
                line(outcome));
    }

    @ParameterizedTest
    @CsvSource({"sendmmsg", "recvmmsg"})
    void whereCallsForManyDatagramsAreRefusedTooNioServesAndOneLineSaysWhy(String call) throws Exception {
        Outcome outcome = runRefusing(EPERM, ioUringAnd(call));
        assertServed(outcome, "nio", NioDatagramChannel.class);
        assertMatches(
                "INFO: the best transports: datagrams: nio \\(" + IO_URING_IS_OFF.formatted("EPERM")
                        + "; mmsg is off: recvmmsg and sendmmsg are not available on Linux \\S+: " + call
                        + " failed: EPERM: .*seccomp.*allow .*" + call + ".* in the profile\\..*",
                line(outcome));
    }

    /** Netty's epoll makes these calls too, and takes itself for available without having tried them. */
    @ParameterizedTest
    @CsvSource({"sendmmsg", "recvmmsg"})
    void whereTheyAreRefusedNettysEpollCarriesConnectionsAndNoDatagrams(String call) throws Exception {
        Path[] epoll = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> entry.matches(".*netty-transport-(native-unix-common|classes-epoll|native-epoll)-.*"))
                .map(Path::of)
                .toArray(Path[]::new);
        assumeTrue(epoll.length == 3, "no epoll for this processor");
        Outcome outcome = runRefusing(epoll, EPERM, ioUringAnd(call));
        assertServed(outcome, "nio", NioDatagramChannel.class);
        assertMatches(
                ".*; epoll is off: recvmmsg and sendmmsg are not available .* EPERM: .*\\); connections: epoll .*"
                        + "; each has a group of its own",
                line(outcome));
    }

    private static void assertServed(Outcome outcome, String name, Class<?> channel) {
        assertEquals(0, outcome.exit(), outcome::toString);
        assertEquals("", outcome.complaints(), outcome::toString);
        assertTrue(
                outcome.output().startsWith("transport " + name + ": " + channel.getSimpleName() + "\n"),
                outcome::toString);
        assertTrue(outcome.output().contains("\ntotal: sent "), outcome::toString);
    }

    /** As the loop of the server has counted. */
    private static void assertTrainsBothWays(Outcome outcome) {
        assertTrue(counted("coalesced", outcome) > 0, outcome::toString);
        assertTrue(counted("segmented", outcome) > 0, outcome::toString);
    }

    private static long counted(String counter, Outcome outcome) {
        Matcher found = Pattern.compile("server loop: .*\\b" + counter + " (\\d+)").matcher(outcome.output());
        assertTrue(found.find(), () -> counter + " in " + outcome);
        return Long.parseLong(found.group(1));
    }

    private static String line(Outcome outcome) {
        assertEquals(1, outcome.infos().size(), outcome::toString);
        return outcome.infos().getFirst();
    }

    private static void assertMatches(String pattern, String line) {
        assertTrue(line.matches(pattern), () -> pattern + " is not\n" + line);
    }
}
