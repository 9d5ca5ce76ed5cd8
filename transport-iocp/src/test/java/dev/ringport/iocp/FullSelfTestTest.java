// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.abi.WindowsErrors;
import dev.ringport.iocp.selftest.FullReport;
import dev.ringport.iocp.selftest.FullReport.Finding;
import dev.ringport.iocp.selftest.FullReport.Verdict;
import dev.ringport.iocp.selftest.FullSelfTest;
import dev.ringport.testkit.ChildJvm;
import dev.ringport.testkit.wine.ProcessStart;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** The full self-test tries what the README says that nobody ran, gives each try a verdict, and sees what is wrong. */
@EnabledOnOs(OS.WINDOWS)
class FullSelfTestTest {
    /** The function and what only Windows can show of it. */
    private static final Pattern ROW = Pattern.compile(
            "^\\|[^|]+\\| `(\\w+)` \\| `\\w+` \\| `[\\w#]+` \\| ([^|]*)\\|$", Pattern.MULTILINE);
    private static final int BOUND_MILLIS = 30_000;
    private static final int EXIT_DIFFERS = 3;

    private static FullReport run(ReplacedCalls calls, String prefix) throws IOException {
        // As on a Windows: what Wine does otherwise differs.
        return FullSelfTest.run(calls.calls(), new FullSelfTest.Options(false, BOUND_MILLIS, null), prefix);
    }

    private static Path readme() {
        Path here = Path.of("").toAbsolutePath();
        Path below = here.resolve("transport-iocp");
        return (Files.isDirectory(below) ? below : here).resolve("README.md");
    }

    @Test
    void eachLineThatWasNotRunOnWindowsHasACheck() throws IOException {
        List<String> open = ROW.matcher(Files.readString(readme()).replace("\r", "")).results()
                .filter(row -> !row.group(2).isBlank())
                .map(row -> row.group(1))
                .toList();
        Map<String, List<String>> plan = FullSelfTest.plan();

        assertThat(open).hasSizeGreaterThan(15);
        assertThat(plan.values().stream().flatMap(List::stream).collect(Collectors.toSet()))
                .as("what the checks are about").containsAll(open);
    }

    @Test
    void theWholeModeIsOneCommandAndGivesEachCheckAVerdict() throws Exception {
        ChildJvm child = ChildJvm.onClassPath(Iocp.class, "--enable-native-access=ALL-UNNAMED").withNetwork();
        ChildJvm.Outcome outcome = child.run(IocpSelfTest.class, "--full");
        if (ProcessStart.failedIn(outcome.output())) {
            outcome = child.run(IocpSelfTest.class, "--full");
        }
        String output = outcome.output();

        List<String> lines = output.lines().toList();
        assertThat(FullSelfTest.plan().keySet()).allSatisfy(
                name -> assertThat(lines).as(output).anySatisfy(
                        line -> assertThat(line).matches(
                                "(as expected|differs|this system cannot) +" + Pattern.quote(name)
                                        + " \\(\\d+ ms\\)")));
        assertThat(lines.getLast()).as(output).contains(" as expected, ", " this system cannot, ",
                " 0 failed to run");
        if (Wine.isHere()) {
            assertThat(outcome.exit()).as(output).isZero();
        } else {
            // What differs is for the reader of the report, who need not be the builder.
            assertThat(outcome.exit()).as(output).isIn(0, EXIT_DIFFERS);
        }
        assertThat(addresses()).allSatisfy(own -> assertThat(output).doesNotContain(own));
    }

    /** All that tell this machine from others. */
    private static List<String> addresses() throws IOException {
        return Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress())
                .map(InetAddress::getHostAddress)
                .toList();
    }

    static Stream<Arguments> wrongAnswers() {
        AtomicInteger cancelled = new AtomicInteger();
        AtomicInteger closed = new AtomicInteger();
        return Stream.of(
                // Says that it has moved the socket.
                arguments("moving a TCP socket: a receive", new ReplacedCalls()
                        .on("ntSetInformationFile", (real, call) -> 0), "at the former port"),
                arguments("moving a UDP socket", new ReplacedCalls()
                        .on("ntSetInformationFile", (real, call) -> 0), "at the former port"),
                arguments("moving a TCP socket: a send", new ReplacedCalls()
                        .on("ntSetInformationFile", (real, call) -> 0), "at the former port"),
                // Says that the modes are set, and sets none.
                arguments("moving a TCP socket: notification", new ReplacedCalls()
                        .on("ntSetInformationFile", (real, call) -> 0)
                        .on("setFileCompletionNotificationModes", (real, call) -> 0), "a packet at the former port"),
                arguments("UDP: notification modes", new ReplacedCalls()
                        .on("setFileCompletionNotificationModes", (real, call) -> 0), "a packet came"),
                arguments("cancelled receives", new ReplacedCalls()
                        .on("wsaRecv", (real, call) -> cancelled.incrementAndGet() > 50
                                ? -WindowsErrors.WSAENOTCONN
                                : real.call()),
                        "WSAENOTCONN"),
                arguments("close after shutdown", new ReplacedCalls()
                        .on("wsaRecv", (real, call) -> closed.incrementAndGet() == 2
                                ? -WindowsErrors.WSAECONNRESET
                                : real.call()),
                        "WSAECONNRESET"),
                arguments("UDP: a datagram that is cut off", new ReplacedCalls()
                        .on("wsaRecvFrom", (real, call) -> -WindowsErrors.WSAEINVAL), "WSAEINVAL"),
                // Takes the option, and lets no two sockets have one port.
                arguments("UDP: a socket a processor", new ReplacedCalls()
                        .on("wsaIoctl", (real, call) -> 0), "the bind for processor 1: WSAEADDRINUSE"),
                arguments("TransmitFile that ends at once", new ReplacedCalls()
                        .on("transmitFile", (real, call) -> 0), "0 of 1000 bytes arrived"),
                arguments("refused connect on loopback, SIO", new ReplacedCalls()
                        .on("wsaIoctl", (real, call) -> 0)
                        .on("connectEx", (real, call) -> -WindowsErrors.WSAETIMEDOUT), "WSAETIMEDOUT"),
                // Reserves nothing.
                arguments("a port that is reserved", new ReplacedCalls()
                        .on("wsaIoctl", (real, call) -> 0), "bound"),
                arguments("names: localhost", new ReplacedCalls()
                        .on("getAddrInfoExW", (real, call) -> -WindowsErrors.WSANO_RECOVERY), "WSANO_RECOVERY"),
                // Takes trains and marks, and does nothing with them.
                arguments("offloads: USO on lo", new ReplacedCalls()
                        .on("setsockopt", (real, call) -> 0), "1 came: 10500"),
                arguments("offloads: URO on lo", new ReplacedCalls()
                        .on("setsockopt", (real, call) -> 0), "1 came: 10500"),
                arguments("offloads: ECN on lo", new ReplacedCalls()
                        .on("setsockopt", (real, call) -> 0), "no mark"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongAnswers")
    void aWrongAnswerDiffers(String prefix, ReplacedCalls wrong, String seen) throws IOException {
        if (prefix.startsWith("offloads")) {
            Wine.needed("sends no train without the option");
        }
        List<Finding> findings = run(wrong, prefix).findings();

        assertThat(findings).isNotEmpty().allSatisfy(finding -> {
            assertThat(finding.verdict()).as(finding.toString()).isEqualTo(Verdict.DIFFERS);
            assertThat(finding.seen()).contains(seen);
            assertThat(finding.expected()).isNotEmpty();
        });
    }

    @Test
    void whatWineDoesOtherwiseDiffersWhereItIsNoWine() throws IOException {
        Wine.needed("ends the stream so");
        String name = "close with a receive under way";

        FullReport asWindows = run(new ReplacedCalls(), name);
        FullReport asWine = FullSelfTest.run(
                new ReplacedCalls().calls(), new FullSelfTest.Options(true, BOUND_MILLIS, null), name);

        assertThat(asWindows.findings()).extracting(Finding::verdict).containsExactly(Verdict.DIFFERS);
        assertThat(asWine.findings()).extracting(Finding::verdict).containsExactly(Verdict.CANNOT);
        assertThat(asWine.findings().getFirst().seen()).contains("the peer: the end of the stream", "Wine");
    }

    @Test
    void aCheckThatHangsIsNamedWithItsCallAndTheNextGoOn() throws IOException {
        CountDownLatch released = new CountDownLatch(1);
        ReplacedCalls hanging = new ReplacedCalls().on("shutdown", (real, call) -> {
            assertThat(released.await(60, TimeUnit.SECONDS)).isTrue();
            return real.call();
        });

        FullReport report = FullSelfTest.run(
                hanging.calls(), new FullSelfTest.Options(true, 3_000, null), "close ");
        released.countDown();

        assertThat(report.findings()).hasSize(4);
        Finding hung = report.findings().getLast();
        assertThat(hung.name()).startsWith("close after shutdown");
        assertThat(hung.verdict()).isEqualTo(Verdict.FAILED);
        assertThat(hung.seen()).isEqualTo("did not end within 3000 ms, in shutdown, called by CloseChecks.orderly");
        assertThat(report.findings().subList(0, 3)).noneMatch(finding -> finding.verdict() == Verdict.FAILED);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void nothingIsLeftOpen(String prefix) throws IOException {
        OpenThings open = new OpenThings();

        FullReport report = run(open.calls(), prefix);

        assertThat(report.findings()).isNotEmpty();
        assertThat(open.made()).contains("wsaSocketW");
        assertThat(open.left()).as(report.toString()).isEmpty();
    }

    static Stream<String> kinds() {
        return Stream.of("moving", "close", "UDP: ", "TransmitFile of", "refused");
    }

    @Test
    void wrongArgumentsAreNotRun() throws IOException {
        assertThat(IocpSelfTest.run("--fully")).isEqualTo(2);
        assertThat(IocpSelfTest.run("--full", "--lookup")).isEqualTo(2);
        assertThat(IocpSelfTest.run("--full", "--lookup=localhost", "more")).isEqualTo(2);
    }
}
