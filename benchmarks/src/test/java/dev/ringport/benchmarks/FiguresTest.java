// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Summaries, table, raw figures and chart of known runs. */
class FiguresTest {
    private static final List<Contender> CONTENDERS = List.of(Contender.RINGPORT, Contender.NIO, Contender.EPOLL);
    /** CPU time a datagram in ns of each contender, a line a repetition; the machine slows down by and by. */
    private static final long[][] ECHO = {{500, 1000, 2000}, {1000, 3000, 2000}, {3000, 4000, 8000}};
    /** The same of KiB; one contender was not there. */
    private static final long[][] QUIC = {{1000, 2000, 0}, {1000, 2000, 0}};

    private final Locale before = Locale.getDefault();

    @AfterEach
    void restoreLocale() {
        Locale.setDefault(before);
    }

    private static List<Measurement> runs() {
        List<Measurement> runs = new ArrayList<>();
        add(runs, Row.ECHO_ONE, ECHO);
        add(runs, Row.QUIC, QUIC);
        return runs;
    }

    private static void add(List<Measurement> runs, Row row, long[][] figures) {
        for (int repetition = 0; repetition < figures.length; repetition++) {
            for (int i = 0; i < CONTENDERS.size(); i++) {
                long nanos = figures[repetition][i];
                if (nanos > 0) {
                    runs.add(
                            new Measurement(
                                    repetition + 1,
                                    row,
                                    CONTENDERS.get(i),
                                    1000,
                                    0.5,
                                    nanos * 1000,
                                    7,
                                    64_000,
                                    990,
                                    10,
                                    0,
                                    0.25));
                }
            }
        }
    }

    private static List<Summary> summaries() {
        return Summary.of(runs(), List.of(Row.ECHO_ONE, Row.SEND, Row.QUIC), CONTENDERS);
    }

    @Test
    void theMedianIsTheMiddleOrTheMeanOfTheMiddleTwo() {
        assertEquals(2, Summary.median(new double[]{3, 1, 2}));
        assertEquals(2.5, Summary.median(new double[]{4, 1, 3, 2}));
        assertEquals(7, Summary.median(new double[]{7}));
        assertThrows(IllegalArgumentException.class, () -> Summary.median(new double[0]));
    }

    @Test
    void ratiosAreTakenWithinARepetitionToTheBestOfTheOthers() {
        List<Summary> summaries = summaries();
        assertEquals(5, summaries.size());
        Summary ringport = summaries.get(0);
        assertEquals(Contender.RINGPORT, ringport.contender());
        assertEquals(1000, ringport.cpuNanos());
        // 0.5, 0.5 and 0.75; the ratio of the medians would be 1000 to 2000 or 3000.
        assertEquals(0.5, ringport.ratio().orElseThrow());
        // 2, 3 and 4 / 3
        assertEquals(2, summaries.get(1).ratio().orElseThrow());
        // 4, 2 and 8 / 3
        assertEquals(8 / 3.0, summaries.get(2).ratio().orElseThrow(), 1e-9);
        assertEquals(2000, ringport.rate());
        assertEquals(64, ringport.allocatedBytes());
    }

    @Test
    void aContenderAloneHasNoRatio() {
        List<Measurement> alone = runs().stream().filter(run -> run.contender() == Contender.NIO).toList();
        Summary summary = Summary.of(alone, List.of(Row.ECHO_ONE), CONTENDERS).getFirst();
        assertTrue(summary.ratio().isEmpty());
        String table = new Report("m", "h", List.of(summary), List.of()).table();
        assertTrue(table.contains("  -  "), table);
    }

    @Test
    void theTableNamesEveryContenderOfARowOnce() {
        // A locale with another decimal point must not show.
        Locale.setDefault(Locale.GERMANY);
        String table = new Report("a machine", "a method", summaries(), List.of("epoll was away")).table();
        List<String> lines = table.lines().toList();
        assertEquals("a machine", lines.get(0));
        assertEquals("a method", lines.get(1));
        int echo = lines.indexOf("echo, 1 peer, 64 outstanding (echo-1)");
        assertTrue(
                lines.get(echo + 1).matches(" +Ringport +1,000 ns/dgram +0\\.50 +2,000/s +64\\.0 B/dgram"),
                lines.get(echo + 1));
        assertTrue(lines.get(echo + 3).contains("Netty epoll"), lines.get(echo + 3));
        int quic = lines.indexOf("QUIC, one stream, both ends together (quic)");
        assertEquals(echo + 4, quic, table);
        assertTrue(lines.get(quic + 1).contains("ns/KiB"), lines.get(quic + 1));
        assertEquals("note: epoll was away", lines.getLast());
        assertTrue(lines.stream().allMatch(line -> line.length() <= 100), table);
    }

    @Test
    void theRawFiguresHaveALineARun() {
        Locale.setDefault(Locale.GERMANY);
        List<String> lines = Report.csv(runs()).lines().toList();
        assertEquals(1 + 9 + 4, lines.size());
        assertEquals(Report.CSV_HEADER, lines.getFirst());
        assertEquals("1,echo-1,ringport,datagram,1000,0.500000,500000,7,64000,990,10,0,0.250", lines.get(1));
        int columns = Report.CSV_HEADER.split(",", -1).length;
        assertTrue(lines.stream().allMatch(line -> line.split(",", -1).length == columns));
    }

    @Test
    void barsOfAChartAreToScaleWithinTheirRow() throws Exception {
        Locale.setDefault(Locale.GERMANY);
        String svg = Chart.svg(summaries(), "a <machine> & more");
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        List<Double> ringport = new ArrayList<>();
        List<Double> nio = new ArrayList<>();
        NodeList bars = document.getElementsByTagName("rect");
        double height = Double.parseDouble(document.getDocumentElement().getAttribute("height"));
        for (int i = 0; i < bars.getLength(); i++) {
            Element bar = (Element) bars.item(i);
            double width = Double.parseDouble(bar.getAttribute("width"));
            switch (bar.getAttribute("class")) {
                case "ringport" -> ringport.add(width);
                case "nio" -> nio.add(width);
                default -> {
                }
            }
            assertTrue(bar.getAttribute("y").isEmpty() || Double.parseDouble(bar.getAttribute("y")) < height - 30);
        }
        assertEquals(2, ringport.size());
        // Medians of echo-1: 1000, 3000, 2000; of quic: 1000, 2000.
        assertEquals(nio.get(0) / 3, ringport.get(0), 0.1);
        assertEquals(nio.get(1) / 2, ringport.get(1), 0.1);
        assertTrue(svg.contains("a &lt;machine&gt; &amp; more"), svg);
        assertTrue(svg.contains("1,000 ns (0.50)"), svg);
    }

    @ParameterizedTest
    @EnumSource
    void aContenderHasAColourInTheChart(Contender contender) {
        assertTrue(Chart.svg(summaries(), "").contains("." + contender.id() + " { fill: "));
    }

    @Test
    void aMessageComesBackFromItsLine() throws Exception {
        Message message = Message.of("failed").with("cause", "no = way\nat all, 100 %").with("port", 9);
        assertEquals(message, Message.decode(message.encode()));
        assertEquals(1, message.encode().lines().count());
        assertEquals(9, message.integer("port"));
        assertThrows(IllegalArgumentException.class, () -> message.text("absent"));
    }
}
