# Runs a command and writes `exit-code wall user system memory` (seconds, KiB of the largest process) to descriptor 3.
#
# As a subreaper it adopts and waits for what the command leaves behind, so a worker that outlives its parent by a
# moment is counted all the same, and a daemon would not go unseen. `time` counts neither. Perl, since every Debian has
# it and Node can neither adopt nor ask for the resources of its children.
use strict;
use warnings;

# prctl, getrusage, clock_gettime
my %numbers = (x86_64 => [157, 98, 228], aarch64 => [167, 165, 113]);
chomp(my $machine = `uname -m`);
my ($prctl, $getrusage, $clock_gettime) = @{ $numbers{$machine} or die "measure.pl: no system call numbers for $machine\n" };

sub now {
    my $time = pack("qq", 0, 0);
    syscall($clock_gettime, 1, $time);
    my ($seconds, $nanoseconds) = unpack("qq", $time);
    return $seconds + $nanoseconds / 1e9;
}

open(my $report, ">&=", 3) or die "measure.pl: descriptor 3: $!\n";
syscall($prctl, 36, 1, 0, 0, 0) == 0 or die "measure.pl: cannot become a subreaper: $!\n";

my $start = now();
my $command = fork() // die "measure.pl: fork: $!\n";
if ($command == 0) { exec { $ARGV[0] } @ARGV or die "measure.pl: $ARGV[0]: $!\n" }

my ($wall, $status);
$SIG{ALRM} = sub { die "measure.pl: a process still runs 30 s after its command ended\n" };
while ((my $ended = wait()) != -1) {
    next if $ended != $command;
    ($status, $wall) = ($?, now() - $start);
    alarm 30;
}

my $usage = pack("q18", (0) x 18);
syscall($getrusage, -1, $usage);
my @usage = unpack("q18", $usage);
my $code = $status & 127 ? 128 + ($status & 127) : $status >> 8;
printf {$report} "%d %.6f %.6f %.6f %d\n", $code, $wall, $usage[0] + $usage[1] / 1e6, $usage[2] + $usage[3] / 1e6, $usage[4];
