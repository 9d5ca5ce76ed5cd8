// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class BenchOptionsTest {
    private static final Path OUT = Path.of("figures");

    private static BenchOptions parse(String line) throws UsageException {
        return BenchOptions.parse(line.isEmpty() ? List.of() : List.of(line.split(" ", -1)), OUT);
    }

    @Test
    void withoutOptionsEverythingIsMeasured() throws UsageException {
        BenchOptions options = parse("");
        assertEquals(List.of(Row.values()), options.rows());
        assertEquals(List.of(Contender.values()), options.contenders());
        assertEquals(5, options.repetitions());
        assertEquals(1, options.seconds());
        assertEquals(2, options.warmUpSeconds());
        assertEquals(64, options.quicMebibytes());
        assertEquals(OUT, options.out());
    }

    @Test
    void eachOptionIsTaken() throws UsageException {
        BenchOptions options = parse(
                "--rows send,echo-1 --contenders nio,ringport --repetitions 3 --seconds 0.25 --warm-up 7 --quic-mib 8 --out there");
        assertEquals(List.of(Row.SEND, Row.ECHO_ONE), options.rows());
        assertEquals(List.of(Contender.NIO, Contender.RINGPORT), options.contenders());
        assertEquals(3, options.repetitions());
        assertEquals(0.25, options.seconds());
        assertEquals(7, options.warmUpSeconds());
        assertEquals(8, options.quicMebibytes());
        assertEquals(Path.of("there"), options.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "--row echo-1",
        "echo-1",
        "--rows",
        "--rows echo-2",
        "--rows echo-1,",
        "--rows echo-1,echo-1",
        "--contenders uring",
        "--repetitions 0",
        "--repetitions 1.5",
        "--repetitions many",
        "--seconds 0",
        "--seconds 601",
        "--seconds NaN",
        "--quic-mib 0",
        "--out there --out here"})
    void badOptionsAreToldWithAUsageLine(String line) {
        assertThrows(UsageException.class, () -> parse(line));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        assertEquals(Bench.USAGE, run(line, out, err));
        List<String> told = err.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(2, told.size(), told.toString());
        assertTrue(told.get(1).startsWith("usage: bench "), told.get(1));
        assertEquals(0, out.size());
    }

    @Test
    void helpNamesRowsAndContenders() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertEquals(Bench.DONE, run("--rows echo-1 --help", out, new ByteArrayOutputStream()));
        String help = out.toString(StandardCharsets.UTF_8);
        for (Row row : Row.values()) {
            assertTrue(help.contains(row.id()), row.id());
        }
        for (Contender contender : Contender.values()) {
            assertTrue(help.contains(contender.id()), contender.id());
        }
        assertTrue(help.lines().allMatch(line -> line.length() <= 120), help);
    }

    private static int run(String line, ByteArrayOutputStream out, ByteArrayOutputStream err) {
        return Bench.run(
                List.of(line.split(" ", -1)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }
}
