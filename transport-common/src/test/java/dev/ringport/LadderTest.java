// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport;

import dev.ringport.TransportProvider.LoopFit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What is chosen among transports made up for it. */
class LadderTest {
    private final FakeTransport uring = FakeTransport.ofDatagrams("uring", 100);
    private final FakeTransport mmsg = FakeTransport.ofDatagrams("mmsg", 90)
            .living(LoopFit.DIRECT, "epoll")
            .living(LoopFit.DIRECT, "netty-io_uring")
            .living(LoopFit.HANDED_OVER, "nio");
    private final FakeTransport iocp = FakeTransport.ofBoth("iocp", 100, 100);
    private final FakeTransport epoll = FakeTransport.ofBoth("epoll", 40, 40);
    private final FakeTransport nettyRing = FakeTransport.ofBoth("netty-io_uring", -10, 50);
    private final TransportProvider nio = new NioTransport();

    private static Ladder of(TransportProvider... rungs) {
        return new Ladder(new Rungs(List.of(rungs), rungs.length, List.of()), null);
    }

    private static Ladder forcing(String name, TransportProvider... rungs) {
        return new Ladder(new Rungs(List.of(rungs), rungs.length, List.of()), name);
    }

    private void assertChosen(
            TransportProvider datagrams, TransportProvider connections, boolean onOneLoop, ServerTransport chosen) {
        assertSame(datagrams, chosen.datagrams());
        assertSame(connections, chosen.connections());
        assertEquals(onOneLoop, chosen.isOnOneLoop(), chosen::toString);
        TransportProvider loops = onOneLoop ? connections : datagrams;
        if (!loops.equals(nio)) {
            assertSame(loops.newHandlerFactory(), chosen.newHandlerFactory());
        }
        assertEquals(
                datagrams.equals(connections) ? datagrams.name() : datagrams.name() + "+" + connections.name(),
                chosen.name());
    }

    @Test
    void eachKindHasTheBestForIt() {
        assertChosen(uring, nettyRing, false, of(uring, mmsg, nettyRing, epoll, nio).best());
        assertChosen(uring, epoll, false, of(uring, mmsg, nettyRing.off("old"), epoll, nio).best());
        assertChosen(uring, nio, false, of(uring, nio).best());
    }

    @Test
    void oneGroupServesBothWhereOneTransportDoesOrDatagramsLiveOnTheOthersLoops() {
        assertChosen(iocp, iocp, true, of(iocp, nio).best());
        assertChosen(mmsg, epoll, true, of(uring.off("refused"), mmsg, epoll, nio).best());
        assertChosen(mmsg, nettyRing, true, of(uring, mmsg, nettyRing, epoll, nio).best());
        assertChosen(epoll, epoll, true, of(uring, mmsg.off("refused"), epoll, nio).best());
        assertChosen(nio, nio, true, of(uring, mmsg, nio).best());
    }

    @Test
    void datagramsOfATransportThatMakesCallsWhichAnotherFoundRefusedAreNotTaken() {
        mmsg.off("sendmmsg failed: EPERM").obstructing("epoll");
        Ladder ladder = of(uring.off("refused"), mmsg, epoll, nio);
        assertChosen(nio, epoll, false, ladder.best());
        assertChosen(nio, nio, true, ladder.bestOnOneLoop());
        assertTrue(ladder.explain(ladder.best()).contains("epoll is off: sendmmsg failed: EPERM"));
        assertTrue(ladder.explain(ladder.best()).contains("connections: epoll;"));
    }

    @Test
    void datagramsHandedOverByAnotherThreadHaveLoopsOfTheirOwn() {
        assertChosen(mmsg, nio, false, of(uring.off("refused"), mmsg, nio).best());
    }

    @Test
    void onOneLoopTheBestDatagramsThatLiveWithConnections() {
        assertChosen(mmsg, epoll, true, of(uring, mmsg, nettyRing, epoll, nio).bestOnOneLoop());
        assertChosen(mmsg, nettyRing, true, of(uring, mmsg, nettyRing, nio).bestOnOneLoop());
        assertChosen(mmsg, nio, true, of(uring, mmsg, nettyRing.off("old"), nio).bestOnOneLoop());
        assertChosen(epoll, epoll, true, of(uring, nettyRing, epoll, nio).bestOnOneLoop());
        assertChosen(nio, nio, true, of(uring, nettyRing, epoll.off("no natives"), nio).bestOnOneLoop());
        assertChosen(iocp, iocp, true, of(iocp, nio).bestOnOneLoop());
    }

    @Test
    void theForcedOneCarriesAllThatItCan() {
        assertChosen(mmsg, epoll, true, forcing("mmsg", uring, mmsg, epoll, nio).best());
        assertChosen(uring, epoll, false, forcing("uring", uring, mmsg, epoll, nio).best());
        assertChosen(epoll, epoll, true, forcing("epoll", uring, mmsg, nettyRing, epoll, nio).best());
        assertChosen(nettyRing, nettyRing, true, forcing("netty-io_uring", uring, mmsg, nettyRing, nio).best());
        assertChosen(nio, nio, true, forcing("nio", uring, mmsg, epoll, nio).best());
    }

    @Test
    void theForcedOneOnOneLoop() {
        assertChosen(mmsg, epoll, true, forcing("mmsg", uring, mmsg, epoll, nio).bestOnOneLoop());
        assertChosen(mmsg, nio, true, forcing("mmsg", uring, mmsg, nio).bestOnOneLoop());
        assertChosen(epoll, epoll, true, forcing("epoll", uring, mmsg, epoll, nio).bestOnOneLoop());
        assertChosen(nio, nio, true, forcing("nio", uring, mmsg, epoll, nio).bestOnOneLoop());
        UnsupportedOperationException refused = assertThrows(
                UnsupportedOperationException.class,
                () -> forcing("uring", uring, mmsg, epoll, nio).bestOnOneLoop());
        assertTrue(refused.getMessage().startsWith("uring, which -Dringport.transport forces, has no connections"),
                refused.getMessage());
    }

    @Test
    void aForcedOneThatIsOffFailsWithItsCause() {
        Ladder ladder = forcing("uring", uring.off("io_uring_setup failed: EPERM"), mmsg, nio);
        for (int i = 0; i < 2; i++) {
            UnsupportedOperationException refused = assertThrows(UnsupportedOperationException.class, ladder::best);
            assertEquals(
                    "the transport uring, which -Dringport.transport forces, cannot be had: io_uring_setup failed: EPERM",
                    refused.getMessage());
            assertSame(uring.unavailabilityCause(), refused.getCause());
        }
        assertThrows(UnsupportedOperationException.class, ladder::bestOnOneLoop);
        assertTrue(ladder.report().startsWith("best: none: the transport uring, "), ladder.report());
        assertTrue(ladder.report().lines().toList().contains("mmsg: on"), ladder.report());
    }

    @Test
    void aForcedOneThatIsNotThereFailsWithWhatWasLostToo() {
        Throwable first = new LinkageError("first services file");
        Throwable second = new LinkageError("second services file");
        Ladder ladder = new Ladder(new Rungs(List.of(nio), 0, List.of(first, second)), "mmsg");
        UnsupportedOperationException refused = assertThrows(UnsupportedOperationException.class, ladder::best);
        assertEquals(
                "the transport mmsg, which -Dringport.transport forces, cannot be had: ringport-transport-mmsg-udp is"
                        + " not there, or its provider was lost; lost: first services file; lost: second services file",
                refused.getMessage());
        assertEquals(List.of(first, second), List.of(refused.getSuppressed()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pigeon", "", "URING", "io_uring"})
    void anUnknownNameGetsTheNames(String name) {
        FakeTransport own = FakeTransport.ofDatagrams("own", 120);
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> forcing(name, own, uring, nio).best());
        assertEquals(
                "-Dringport.transport=" + name + " names no transport; the names are"
                        + " uring, mmsg, iocp, netty-io_uring, epoll, kqueue, own, nio",
                refused.getMessage());
    }

    @Test
    void whatIsOfAnotherSystemIsRefusedAsThat() {
        String other = System.getProperty("os.name").startsWith("Linux") ? "kqueue" : "epoll";
        UnsupportedOperationException refused = assertThrows(
                UnsupportedOperationException.class, () -> forcing(other, nio).best());
        assertTrue(refused.getMessage().contains(" is of "), refused.getMessage());
        assertTrue(refused.getMessage().contains(System.getProperty("os.name")), refused.getMessage());
    }

    @Test
    void aTransportThatDoesNotLinkIsOff() {
        FakeTransport broken = uring.failing(new IncompatibleClassChangeError("deregister is final"));
        Ladder ladder = of(broken, nio);
        assertChosen(nio, nio, true, ladder.best());
        assertEquals(
                "datagrams: nio (uring is off: deregister is final); connections: nio; one group serves both",
                ladder.explain(ladder.best()));
        assertTrue(ladder.report().lines().toList().contains("uring: off (deregister is final)"), ladder.report());
    }

    @Test
    void oneThatFailsToAnswerOfOthersKeepsNobodyFromThem() {
        FakeTransport broken = FakeTransport.failingOfOthers("broken");
        Ladder ladder = of(broken, mmsg, epoll, nio);
        assertChosen(broken, epoll, false, ladder.best());
        assertChosen(mmsg, epoll, true, ladder.bestOnOneLoop());
        assertEquals(
                "datagrams: mmsg (broken is on, but has no connections, and its datagrams live on no loop that has);"
                        + " connections: epoll; one group serves both",
                ladder.explain(ladder.bestOnOneLoop()));
    }

    @Test
    void theExplanationSaysWhyEachBetterOneIsOff() {
        Ladder ladder = of(uring.off("EPERM"), mmsg, nettyRing.off("old"), epoll, nio);
        assertEquals(
                "datagrams: mmsg (uring is off: EPERM); connections: epoll (netty-io_uring is off: old);"
                        + " one group serves both",
                ladder.explain(ladder.best()));
    }

    @Test
    void andWhatIsOnButDoesNotFitOnOneLoop() {
        Ladder ladder = of(uring, mmsg, nettyRing, epoll, nio);
        assertEquals(
                "datagrams: mmsg (uring is on, but has no connections, and its datagrams live on no loop that has);"
                        + " connections: epoll (netty-io_uring is on, but serves datagrams less well);"
                        + " one group serves both",
                ladder.explain(ladder.bestOnOneLoop()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "nio   | datagrams: nio (forced by -Dringport.transport); connections: nio (forced by -Dringport.transport);"
                + " one group serves both",
        "uring | datagrams: uring (forced by -Dringport.transport); connections: nio (epoll is off: no natives);"
                + " each has a group of its own"})
    void andThatOneIsForced(String name, String explanation) {
        Ladder ladder = forcing(name, uring, mmsg, epoll.off("no natives"), nio);
        assertEquals(explanation, ladder.explain(ladder.best()));
    }

    @Test
    void withoutAnyOfRingportsOneLineSaysSo() {
        Ladder ladder = new Ladder(new Rungs(List.of(nio), 0, List.of()), null);
        String line = "no transport of Ringport's is on the class path"
                + " (ringport-transport-iouring-udp, ringport-transport-mmsg-udp, ringport-transport-iocp)";
        assertEquals(
                "datagrams: nio; connections: nio; one group serves both; " + line, ladder.explain(ladder.best()));
        assertTrue(ladder.report().lines().toList().contains(line), ladder.report());
        assertFalse(of(uring, nio).report().contains("no transport of Ringport's"));
    }

    @Test
    void theReportSaysWhatWasForced() {
        assertEquals(
                """
                        best: datagrams: nio, connections: nio, one group
                        best on one loop: datagrams: nio, connections: nio, one group
                        forced: nio, by -Dringport.transport
                        mmsg: on
                        nio: on""",
                new Ladder(new Rungs(List.of(mmsg, nio), 1, List.of()), "nio").report());
    }

    @Test
    void theReportHasAll() {
        Ladder ladder = new Ladder(
                new Rungs(
                        List.of(uring.off("EPERM"), mmsg, nio), 2,
                        List.of(new LinkageError("the provider of iocp"))),
                null);
        assertEquals(
                """
                        best: datagrams: mmsg, connections: nio, two groups
                        best on one loop: datagrams: mmsg, connections: nio, one group
                        uring: off (EPERM)
                        mmsg: on
                        nio: on
                        lost: the provider of iocp""",
                ladder.report());
    }
}
