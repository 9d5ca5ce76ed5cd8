// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs what the options ask for: the servers' processes and the load's are started once, every row is run for
 * every contender to warm up, then come the repetitions. The innermost loop is that over the contenders, so that what a
 * shared machine does at a time hits all of them.
 */
final class BenchRun implements AutoCloseable {
    /** Of the server's processor, taken by others: then the figure is told to be disturbed. */
    private static final double DISTURBED = 0.15;
    /** Ticks of the kernel are 10 ms at worst: in shorter windows they tell nothing. */
    private static final double SHORTEST_TOLD_SECONDS = 0.5;
    /** What the kernel charges for a small datagram in a receive buffer, with room to spare. */
    private static final int CHARGED_BYTES = 1024;
    private static final double MISSING = 0.1;
    private static final long CONNECT_KIB = 64;
    /** In place of the number of a repetition: what is measured then is not kept. */
    private static final int WARM_UP = 0;
    private static final int TRIES = 200;
    private static final double TRY_SECONDS = 0.05;

    private final BenchOptions options;
    private final PrintStream out;
    private final Processors processors;
    private final List<Path> softirqThread;
    private final Path keys;
    private final Child load;
    private final int windowLimit;
    private final Map<Contender, Child> servers = new EnumMap<>(Contender.class);
    private final Set<String> notes = new LinkedHashSet<>();
    private final List<Measurement> measurements = new ArrayList<>();
    private boolean hasFailed;
    private @Nullable String noQuic;

    /**
     * Starts the processes.
     *
     * @param out takes a line a run and the table
     */
    BenchRun(BenchOptions options, PrintStream out) throws IOException, InterruptedException {
        this.options = options;
        this.out = out;
        Files.createDirectories(options.out());
        processors = Processors.choose();
        softirqThread = Processors.softirqThread(processors.server());
        keys = Files.createTempDirectory("ringport-bench").resolve("keys.p12");
        load = Child.start(
                "the load",
                Processors.pinned(processors.load()),
                LoadProcess.class,
                List.of(),
                options.out().resolve("load.log"));
        boolean started = false;
        try {
            KeyPairFile.make(keys);
            startServers();
            windowLimit = load.ask(Message.of("room")).integer("bytes") / CHARGED_BYTES;
            started = true;
        } finally {
            if (!started) {
                close();
            }
        }
    }

    private void startServers() throws IOException, InterruptedException {
        for (Contender contender : options.contenders()) {
            servers.put(
                    contender,
                    Child.start(
                            contender.title(),
                            Processors.pinned(processors.server()),
                            ServerProcess.class,
                            List.of(contender.id()),
                            options.out().resolve("server-" + contender.id() + ".log")));
        }
        for (Contender contender : options.contenders()) {
            Child server = server(contender);
            Message ready = server.ready();
            if (ready.word().equals(Message.FAILED)) {
                note(contender.title() + " is not available here: " + firstLine(ready.text("cause")));
                servers.remove(contender);
                server.close();
            } else if (ready.has("noQuic")) {
                noQuic = firstLine(ready.text("noQuic"));
            }
        }
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    private void note(String text) {
        if (notes.add(text)) {
            out.println(text);
        }
    }

    private Child server(Contender contender) {
        Child server = servers.get(contender);
        if (server == null) {
            throw new IllegalArgumentException(contender.toString());
        }
        return server;
    }

    /** The contenders that can run here. */
    List<Contender> contenders() {
        return options.contenders().stream().filter(servers::containsKey).toList();
    }

    /** What was measured. */
    List<Measurement> measurements() {
        return measurements;
    }

    /** Measures, prints and writes; whether every run went well. */
    boolean run() throws IOException, InterruptedException {
        if (contenders().isEmpty()) {
            out.println("nothing to measure");
            return false;
        }
        List<Row> rows = rows();
        String machine = Machine.describe();
        out.println(machine);
        out.println(processors.description());
        out.println("warming up");
        for (Row row : rows) {
            for (Contender contender : contenders()) {
                warmUp(row, contender);
            }
        }
        for (int repetition = 1; repetition <= options.repetitions(); repetition++) {
            for (Row row : rows) {
                for (Contender contender : contenders()) {
                    Measurement measured = measure(row, contender, repetition);
                    if (measured != null) {
                        measurements.add(measured);
                        print(measured);
                    }
                }
            }
        }
        tellDisturbed();
        write(machine, rows);
        return !hasFailed && !measurements.isEmpty();
    }

    private void warmUp(Row row, Contender contender) throws IOException, InterruptedException {
        long end = System.nanoTime() + nanos(options.warmUpSeconds());
        do {
            if (measure(row, contender, WARM_UP) == null) {
                return;
            }
        } while (System.nanoTime() - end < 0);
    }

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>(options.rows());
        if (noQuic != null && rows.remove(Row.QUIC)) {
            note("the row quic is not run: Netty's QUIC codec is not available here: " + noQuic);
        }
        return rows;
    }

    private void print(Measurement run) {
        out.println(
                String.format(
                        Locale.ROOT,
                        "%3d/%d  %-14s  %-14s  %,8.0f ns/%s  %,12.0f/s",
                        run.repetition(),
                        options.repetitions(),
                        run.row().id(),
                        run.contender().title(),
                        run.cpuNanosPerUnit(),
                        run.row().unit(),
                        run.unitsPerSecond()));
    }

    private void tellDisturbed() {
        if (options.seconds() >= SHORTEST_TOLD_SECONDS) {
            long disturbed = measurements.stream().filter(run -> run.otherShare() > DISTURBED).count();
            if (disturbed > 0) {
                note(
                        "in " + disturbed + " of " + measurements.size()
                                + " runs other processes took more than 15 % of the server's processor");
            }
        }
    }

    private void write(String machine, List<Row> rows) throws IOException {
        List<Summary> summaries = Summary.of(measurements, rows, contenders());
        String method = String.format(
                Locale.ROOT,
                "loopback, %d bytes, %d interleaved repetitions of %s s; %s",
                Load.DATAGRAM_BYTES,
                options.repetitions(),
                options.seconds(),
                processors.description());
        String table = new Report(machine, method, summaries, List.copyOf(notes)).table();
        out.println();
        out.print(table);
        Files.writeString(options.out().resolve("table.txt"), table);
        Files.writeString(options.out().resolve("figures.csv"), Report.csv(measurements));
        Files.writeString(options.out().resolve("chart.svg"), Chart.svg(summaries, machine));
        out.println("written to " + options.out().toAbsolutePath() + ": table.txt, figures.csv, chart.svg");
    }

    /** Null if the run failed, which is noted. */
    private @Nullable Measurement measure(Row row, Contender contender, int repetition)
            throws IOException, InterruptedException {
        Child server = server(contender);
        try {
            return row.kind() == Row.Kind.QUIC
                    ? measureStream(contender, server, repetition)
                    : measureDatagrams(row, contender, server, repetition);
        } catch (Child.LostException lost) {
            throw lost;
        } catch (IOException failed) {
            hasFailed = true;
            note(row.id() + " failed with " + contender.title() + ": " + failed.getMessage());
            return null;
        } finally {
            load.ask(Message.of("stop"));
            load.ask(Message.of("disconnect"));
            server.ask(Message.of("close"));
        }
    }

    private void startDatagrams(Row row, Child server) throws IOException, InterruptedException {
        Message open = Message.of("open").with("kind", row.kind());
        switch (row.kind()) {
            case ECHO -> {
                int window = Math.min(row.window(), windowLimit);
                if (window < row.window()) {
                    note(
                            row.id() + " runs with " + window
                                    + " outstanding: more would not fit into receive buffers; "
                                    + "raise the sysctl net.core.rmem_max to " + LoadSocket.SOCKET_BUFFER_BYTES);
                }
                load.ask(
                        Message.of("echo")
                                .with("port", server.ask(open).text("port"))
                                .with("peers", row.peers())
                                .with("window", window)
                                .with("train", row.train()));
            }
            case RECEIVE -> load.ask(
                    Message.of("flood").with("port", server.ask(open).text("port")).with("train", row.train()));
            case SEND, SEND_THREAD -> server.ask(open.with("peer", load.ask(Message.of("sink")).text("port")));
            case QUIC -> throw new IllegalArgumentException(row.toString());
        }
    }

    private Measurement measureDatagrams(Row row, Contender contender, Child server, int repetition)
            throws IOException, InterruptedException {
        startDatagrams(row, server);
        double seconds = repetition == WARM_UP ? options.warmUpSeconds() : options.seconds();
        sleep(Math.clamp(seconds / 4, 0.05, 0.5));
        snapshotWithMore(server, 0);
        Message loadBefore = load.ask(Message.of("counts"));
        Processors.Load processorBefore = processors.read(softirqThread);
        Snapshot before = Snapshot.decode(server.ask(Message.of("snapshot")));
        sleep(seconds);
        Snapshot window = snapshotWithMore(server, before.datagrams()).since(before);
        Processors.Load processor = processors.read(softirqThread).since(processorBefore);
        Message loadAfter = load.ask(Message.of("counts"));
        long arrived = row.kind() == Row.Kind.RECEIVE
                ? window.datagrams()
                : loadAfter.number("arrived") - loadBefore.number("arrived");
        long lost = row.kind() == Row.Kind.ECHO ? loadAfter.number("lost") - loadBefore.number("lost") : 0;
        if (repetition != WARM_UP) {
            noteMissing(row, contender, window, arrived);
        }
        return measurement(
                repetition, row, contender, window, window.datagrams(), window.nanos(), processor, arrived, lost);
    }

    /** Waits for the first datagrams where a busy machine makes them late, so that no window is empty. */
    private static Snapshot snapshotWithMore(Child server, long than) throws IOException, InterruptedException {
        for (int i = 0; i < TRIES; i++) {
            Snapshot taken = Snapshot.decode(server.ask(Message.of("snapshot")));
            if (taken.datagrams() > than) {
                return taken;
            }
            sleep(TRY_SECONDS);
        }
        throw new IOException("no datagrams");
    }

    private void noteMissing(Row row, Contender contender, Snapshot window, long arrived) {
        if (window.failed() > 0) {
            note(row.id() + ": " + contender.title() + " saw failures, see its log");
        }
        if (options.seconds() >= SHORTEST_TOLD_SECONDS && arrived < window.datagrams() * (1 - MISSING)) {
            note(row.id() + ": more than a tenth of what " + contender.title() + " sent did not arrive");
        }
    }

    private static void sleep(double seconds) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(nanos(seconds));
    }

    private static long nanos(double seconds) {
        return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }

    private Measurement measureStream(Contender contender, Child server, int repetition)
            throws IOException, InterruptedException {
        Message opened = server.ask(Message.of("open").with("kind", Row.Kind.QUIC).with("keys", keys));
        load.ask(
                Message.of("connect")
                        .with("contender", contender)
                        .with("port", opened.text("port"))
                        .with("keys", keys));
        // So that the handshake has ended on both sides.
        load.ask(Message.of("stream").with("bytes", CONNECT_KIB << 10));
        long lostBefore = server.ask(Message.of("lost")).number("packets");
        long kibibytes = (long) options.quicMebibytes() << 10;
        Processors.Load processorBefore = processors.read(softirqThread);
        Snapshot before = Snapshot.decode(server.ask(Message.of("snapshot")));
        Message received = load.ask(Message.of("stream").with("bytes", kibibytes << 10));
        Snapshot window = Snapshot.decode(server.ask(Message.of("snapshot"))).since(before);
        Processors.Load processor = processors.read(softirqThread).since(processorBefore);
        Snapshot both = new Snapshot(
                window.nanos(),
                window.cpuNanos() + received.number("cpu"),
                window.allocatedBytes(),
                kibibytes,
                window.failed());
        long lost = server.ask(Message.of("lost")).number("packets") - lostBefore;
        return measurement(
                repetition, Row.QUIC, contender, both, kibibytes, received.number("nanos"), processor, kibibytes, lost);
    }

    private static Measurement measurement(
            int repetition,
            Row row,
            Contender contender,
            Snapshot window,
            long count,
            long nanos,
            Processors.Load processor,
            long arrived,
            long lost) {
        double busy = processor.all() == 0 ? 0 : (double) processor.busy() / processor.all();
        long cpu = window.cpuNanos() + processor.softirqNanos();
        return new Measurement(
                repetition,
                row,
                contender,
                count,
                nanos / 1e9,
                cpu,
                processor.softirqNanos(),
                window.allocatedBytes(),
                arrived,
                lost,
                window.failed(),
                Math.max(0, busy - (double) cpu / window.nanos()));
    }

    @Override
    public void close() throws IOException {
        load.close();
        servers.values().forEach(Child::close);
        Files.deleteIfExists(keys);
        Path folder = keys.getParent();
        if (folder != null) {
            Files.deleteIfExists(folder);
        }
    }
}
