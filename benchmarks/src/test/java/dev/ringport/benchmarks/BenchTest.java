// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import dev.ringport.uring.Uring;
import io.netty.handler.codec.quic.Quic;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Every row once, too short to tell anything but that datagrams are measured. */
class BenchTest {
    @TempDir
    Path folder;

    @Test
    void everyRowIsMeasured() throws Exception {
        assumeTrue(Machine.isLinux(), "the load is made of Linux's calls");
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        int code = Bench.run(
                List.of(
                        "--contenders",
                        "nio,mmsg,ringport",
                        "--repetitions",
                        "1",
                        "--seconds",
                        "0.05",
                        "--warm-up",
                        "0.05",
                        "--quic-mib",
                        "1",
                        "--out",
                        folder.toString()),
                out,
                out);
        String said = printed.toString(StandardCharsets.UTF_8);
        assertEquals(Bench.DONE, code, said);

        List<String> contenders = Stream.of(Contender.NIO, Contender.MMSG, Contender.RINGPORT)
                .filter(contender -> contender.unavailabilityCause() == null)
                .map(Contender::id)
                .toList();
        Set<String> expected = new HashSet<>();
        for (Row row : Row.values()) {
            if (row != Row.QUIC || Quic.isAvailable()) {
                contenders.forEach(contender -> expected.add(row.id() + " " + contender));
            }
        }
        Set<String> measured = new HashSet<>();
        List<String> lines = Files.readAllLines(folder.resolve("figures.csv"));
        for (String line : lines.subList(1, lines.size())) {
            String[] columns = line.split(",", -1);
            assertTrue(measured.add(columns[1] + " " + columns[2]), line);
            assertTrue(Long.parseLong(columns[4]) > 0, line);
            assertTrue(Long.parseLong(columns[6]) > 0, line);
        }
        assertEquals(expected, measured);
        String table = Files.readString(folder.resolve("table.txt"));
        assertTrue(said.contains(table), said);
        assertTrue(Files.readString(folder.resolve("chart.svg")).startsWith("<svg "));
        if (!Uring.isAvailable()) {
            assertTrue(table.contains("Ringport is not available here: "), table);
        }
    }
}
