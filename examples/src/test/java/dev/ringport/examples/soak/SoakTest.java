// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import dev.ringport.TransportProvider;
import dev.ringport.examples.ExampleTransports;
import dev.ringport.examples.Output;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The soak, shortened. */
@Timeout(240)
class SoakTest {
    private final Output out = new Output();
    private final Output err = new Output();

    private int run(String line) {
        return Soak.run(line.split(" "), out.stream(), err.stream());
    }

    private static void assumeAvailable(String name) {
        Optional<TransportProvider> found = ExampleTransports.named(name, false);
        assumeTrue(found.isPresent(), name);
        TransportProvider transport = found.get();
        assumeTrue(transport.unavailabilityCause() == null, () -> name + ": " + transport.unavailabilityCause());
    }

    private void assertGood(String line) {
        int code = run(line);
        String text = out.text() + err.text();
        assertEquals(0, code, text);
        assertTrue(text.contains("\nverdict: good "), text);
        assertFalse(text.contains("fault: "), text);
        assertFalse(text.contains("LEAK"), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"uring", "mmsg"})
    @EnabledOnOs(OS.LINUX)
    void onLoopback(String name) {
        assumeAvailable(name);
        assertGood("--transport " + name + " --datagrams 200000 --seed 1 --offloads alternate");
        assertTrue(out.text().contains("offloads on: ") && out.text().contains("offloads off: "), out.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll"})
    @EnabledOnOs(OS.LINUX)
    void othersOnLoopback(String name) {
        assumeAvailable(name);
        assertGood("--transport " + name + " --datagrams 20000 --seed 2 --offloads off");
    }

    @ParameterizedTest
    @ValueSource(strings = {"uring", "mmsg"})
    @EnabledOnOs(OS.LINUX)
    void manyPeersOnOneLoop(String name) {
        assumeAvailable(name);
        assertGood("--transport " + name + " --datagrams 50000 --seed 3 --offloads on --peers 100 --threads 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"uring", "mmsg"})
    @EnabledOnOs(OS.LINUX)
    void onePeer(String name) {
        assumeAvailable(name);
        assertGood("--transport " + name + " --datagrams 10000 --seed 4 --offloads on --peers 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    @EnabledOnOs(OS.LINUX)
    void betweenNamespaces(String offloads) throws Exception {
        assumeAvailable("uring");
        Optional<String> obstacle = VethRound.obstacle();
        assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
        assertGood("--veth --transport uring --datagrams 50000 --seed 5 --offloads " + offloads);
        assertTrue(out.text().contains("sender: kernel: "), out.text());
        assertTrue(out.text().contains("receiver: kernel: "), out.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "--bogus 1",
        "--datagrams 0",
        "--datagrams many",
        "--peers 0",
        "--peers 1001",
        "--threads 0",
        "--offloads perhaps",
        "--veth --veth",
        "--seed",
        "--transport carrier-pigeon"})
    void wrongArgumentsGetTheUsage(String line) {
        assertEquals(2, run(line));
        assertEquals("", out.text());
        assertTrue(err.text().contains("\nusage: soak "), err.text());
    }

    @Test
    void helpGetsTheUsageToo() {
        assertEquals(0, run("--veth --help"));
        assertEquals(SoakOptions.USAGE, out.text());
    }

    @Test
    void aTallyPassesThroughItsLine() {
        Tally tally = new Tally(1, 2, 3, 4, 5);
        assertEquals(Optional.of(tally), Tally.ofLine(tally.toLine()));
        assertEquals(Optional.empty(), Tally.ofLine("tally: 1 2"));
    }

    @Test
    void whatAGoodTallyIs() {
        assertTrue(new Tally(10, 10, 0, 0, 0).isGood());
        assertTrue(new Tally(10, 8, 2, 2, 0).isGood());
        assertFalse(new Tally(10, 8, 2, 1, 0).isGood(), "lost more than the kernel counts");
        assertFalse(new Tally(10, 8, 0, 5, 0).isGood(), "neither arrived nor missed");
        assertFalse(new Tally(10, 10, 0, 0, 1).isGood(), "another fault");
        assertFalse(new Tally(0, 0, 0, 0, 0).isGood(), "nothing sent");
    }
}
