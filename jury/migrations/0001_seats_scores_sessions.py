import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("submissions", "0005_submitted_means_frozen_facts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=40, verbose_name="Kürzel")),
                ("institution", models.CharField(max_length=120, verbose_name="Institution")),
                (
                    "short_name",
                    models.CharField(
                        help_text="Steht in Tabellen und unter Bildern.", max_length=40, verbose_name="kurzer Name"
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        help_text="1 heißt in Bildern A, 2 heißt B und so fort.", verbose_name="Reihenfolge"
                    ),
                ),
                ("is_chair", models.BooleanField(default=False, verbose_name="Vorsitz")),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seats",
                        to="submissions.round",
                        verbose_name="Runde",
                    ),
                ),
            ],
            options={
                "verbose_name": "Sitz",
                "verbose_name_plural": "Sitze",
                "ordering": ("position",),
            },
        ),
        migrations.CreateModel(
            name="JuryEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="Zeitpunkt")),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("named", "benannt"),
                            ("invited", "eingeladen"),
                            ("confirmed", "zugesagt"),
                            ("notice_accepted", "Hinweise angenommen"),
                            ("ended", "Amt beendet"),
                            ("cleared", "nicht befangen erklärt"),
                            ("recused", "Befangenheit erklärt"),
                            ("recusal_taken_back", "Befangenheit aufgehoben"),
                            ("finalised", "Bewertung abgeschlossen"),
                            ("reopened", "Bewertung wieder geöffnet"),
                            ("opened", "Sitzung eröffnet"),
                            ("attendance", "Anwesenheit festgehalten"),
                            ("revised", "Bewertung in der Sitzung geändert"),
                            ("recorded", "Beschluss festgehalten"),
                            ("chair_confirmed", "Beschluss vom Vorsitz bestätigt"),
                            ("office_confirmed", "Beschluss von der Geschäftsstelle bestätigt"),
                            ("locked", "Beschluss gesperrt"),
                            ("looked", "Punkte vor dem Beschluss eingesehen"),
                            ("released", "Brief freigegeben"),
                            ("reminded", "erinnert"),
                        ],
                        max_length=20,
                        verbose_name="Vorgang",
                    ),
                ),
                ("detail", models.JSONField(default=dict, verbose_name="Einzelheiten")),
                (
                    "by",
                    models.ForeignKey(
                        help_text="Leer: das Portal selbst.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="von",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="submissions.category",
                        verbose_name="Kategorie",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="submissions.round",
                        verbose_name="Runde",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="submissions.submission",
                        verbose_name="Einreichung",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="jury.seat",
                        verbose_name="Sitz",
                    ),
                ),
            ],
            options={
                "verbose_name": "Vorgang der Jury",
                "verbose_name_plural": "Verlauf der Jury",
                "ordering": ("-at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="Juror",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="Vor- und Nachname")),
                ("email", models.EmailField(max_length=254, verbose_name="E-Mail-Adresse")),
                ("since", models.DateField(verbose_name="im Amt ab")),
                ("until", models.DateTimeField(editable=False, null=True, verbose_name="im Amt bis")),
                ("invited_at", models.DateTimeField(editable=False, null=True, verbose_name="eingeladen am")),
                ("confirmed_at", models.DateTimeField(editable=False, null=True, verbose_name="zugesagt am")),
                (
                    "notice_accepted_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="Hinweise angenommen am"),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="eingeladen von",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jury_service",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Konto",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jurors",
                        to="jury.seat",
                        verbose_name="Sitz",
                    ),
                ),
            ],
            options={
                "verbose_name": "Jurymitglied",
                "verbose_name_plural": "Jurymitglieder",
                "ordering": ("seat__position", "-since", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Entwurf"), ("final", "abgeschlossen"), ("void", "zählt nicht, befangen")],
                        default="draft",
                        max_length=5,
                        verbose_name="Stand",
                    ),
                ),
                ("comment", models.TextField(blank=True, max_length=3000, verbose_name="Gesamteindruck")),
                ("revision", models.PositiveIntegerField(default=0)),
                ("saved_at", models.DateTimeField(verbose_name="gespeichert am")),
                ("finalised_at", models.DateTimeField(null=True, verbose_name="abgeschlossen am")),
                ("first_finalised_at", models.DateTimeField(null=True, verbose_name="zuerst abgeschlossen am")),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="submissions.submission",
                        verbose_name="Einreichung",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="submissions.version",
                        verbose_name="Version",
                    ),
                ),
                (
                    "juror",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="jury.juror",
                        verbose_name="bewertet von",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="jury.seat",
                        verbose_name="Sitz",
                    ),
                ),
            ],
            options={
                "verbose_name": "Bewertung",
                "verbose_name_plural": "Bewertungen",
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("opened_at", models.DateTimeField(verbose_name="eröffnet am")),
                ("revision", models.PositiveIntegerField(default=0)),
                (
                    "category",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="session",
                        to="submissions.category",
                        verbose_name="Kategorie",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="eröffnet von",
                    ),
                ),
            ],
            options={
                "verbose_name": "Sitzung",
                "verbose_name_plural": "Sitzungen",
                "ordering": ("category__position",),
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("votes_for", models.PositiveSmallIntegerField(verbose_name="Ja")),
                ("votes_against", models.PositiveSmallIntegerField(verbose_name="Nein")),
                ("votes_abstained", models.PositiveSmallIntegerField(verbose_name="Enthaltung")),
                ("reasons", models.TextField(max_length=5000, verbose_name="Gründe der Jury")),
                ("recorded_at", models.DateTimeField(verbose_name="festgehalten am")),
                ("revision", models.PositiveIntegerField(default=1)),
                ("chair_at", models.DateTimeField(null=True, verbose_name="bestätigt vom Vorsitz am")),
                ("office_at", models.DateTimeField(null=True, verbose_name="bestätigt von der Geschäftsstelle am")),
                ("locked_at", models.DateTimeField(null=True, verbose_name="gesperrt am")),
                (
                    "office",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="bestätigt von der Geschäftsstelle",
                    ),
                ),
                (
                    "winner",
                    models.ForeignKey(
                        help_text="Leer: kein Preis.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="submissions.submission",
                        verbose_name="Preis für",
                    ),
                ),
                (
                    "chair",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="jury.juror",
                        verbose_name="bestätigt vom Vorsitz",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="jury.juror",
                        verbose_name="festgehalten von",
                    ),
                ),
                (
                    "laudatio",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="jury.seat",
                        verbose_name="Laudatio schreibt",
                    ),
                ),
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decision",
                        to="jury.session",
                        verbose_name="Sitzung",
                    ),
                ),
            ],
            options={
                "verbose_name": "Beschluss",
                "verbose_name_plural": "Beschlüsse",
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "juror",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="jury.juror",
                        verbose_name="Jurymitglied",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attendances", to="jury.session"
                    ),
                ),
            ],
            options={
                "verbose_name": "Anwesenheit",
                "verbose_name_plural": "Anwesenheiten",
                "ordering": ("juror__seat__position",),
            },
        ),
        migrations.CreateModel(
            name="Clearance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="erklärt am")),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="submissions.submission"
                    ),
                ),
                (
                    "juror",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="clearances", to="jury.juror"
                    ),
                ),
            ],
            options={
                "verbose_name": "Erklärung „nicht befangen“",
                "verbose_name_plural": "Erklärungen „nicht befangen“",
                "constraints": [
                    models.UniqueConstraint(fields=("juror", "submission"), name="one_clearance_per_juror")
                ],
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("preis", "Brief an die Preisträger"), ("dank", "Dank für die Teilnahme")],
                        editable=False,
                        max_length=5,
                        verbose_name="Art",
                    ),
                ),
                ("subject", models.CharField(max_length=200, verbose_name="Betreff")),
                ("text", models.TextField(max_length=10000, verbose_name="Text")),
                ("released_at", models.DateTimeField(editable=False, null=True, verbose_name="freigegeben am")),
                (
                    "released_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="freigegeben von",
                    ),
                ),
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letter",
                        to="submissions.submission",
                        verbose_name="Einreichung",
                    ),
                ),
            ],
            options={
                "verbose_name": "Brief",
                "verbose_name_plural": "Briefe",
                "ordering": ("submission__number",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("released_at__isnull", True), ("released_by__isnull", True)),
                            models.Q(("released_at__isnull", False), ("released_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="letter_release_has_who_and_when",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Paper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("dossier", "Dossier"), ("niederschrift", "Niederschrift"), ("urkunde", "Urkunde")],
                        max_length=15,
                        verbose_name="Art",
                    ),
                ),
                ("content_key", models.CharField(blank=True, max_length=64)),
                ("owed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="geschuldet seit")),
                ("claimed_at", models.DateTimeField(null=True, verbose_name="in Arbeit seit")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="fertige Teile")),
                ("total", models.PositiveIntegerField(default=1, verbose_name="Teile")),
                ("rendered_at", models.DateTimeField(null=True, verbose_name="erstellt am")),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="Versuche")),
                ("error", models.TextField(blank=True, verbose_name="letzter Fehler")),
                ("file", models.FileField(blank=True, max_length=200, upload_to="jury/", verbose_name="PDF")),
                ("size", models.PositiveIntegerField(default=0, verbose_name="Größe in Byte")),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="submissions.category",
                        verbose_name="Kategorie",
                    ),
                ),
                (
                    "juror",
                    models.ForeignKey(
                        help_text="Ein Dossier ist für ein Jurymitglied, weil es nur enthält, was dieses sehen darf.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="jury.juror",
                        verbose_name="für",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        help_text="Für wen eine Urkunde ist.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="submissions.submission",
                        verbose_name="Einreichung",
                    ),
                ),
            ],
            options={
                "verbose_name": "Dokument",
                "verbose_name_plural": "Dokumente",
                "ordering": ("-owed_at", "-pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "dossier")),
                        fields=("category", "juror"),
                        name="one_dossier_per_juror",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "niederschrift")), fields=("category",), name="one_minutes"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "urkunde")), fields=("submission",), name="one_certificate"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("juror__isnull", False), ("kind", "dossier"), ("submission__isnull", True)),
                            models.Q(("juror__isnull", True), ("kind", "niederschrift"), ("submission__isnull", True)),
                            models.Q(("juror__isnull", True), ("kind", "urkunde"), ("submission__isnull", False)),
                            _connector="OR",
                        ),
                        name="paper_is_for_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recusal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("amt", "Mandat oder Beschäftigung bei einer beteiligten Kommune"),
                            ("angehoerige", "Angehörige sind beteiligt"),
                            ("beratung", "Ich habe das Projekt beraten oder daran mitgearbeitet"),
                            ("finanzierung", "Meine Institution hat das Projekt finanziert"),
                            ("anderer", "Anderer Grund"),
                        ],
                        max_length=15,
                        verbose_name="Grund",
                    ),
                ),
                ("text", models.TextField(max_length=1000, verbose_name="Erläuterung")),
                ("at", models.DateTimeField(verbose_name="erklärt am")),
                ("taken_back_at", models.DateTimeField(null=True, verbose_name="aufgehoben am")),
                (
                    "taken_back_reason",
                    models.TextField(blank=True, max_length=1000, verbose_name="Grund der Aufhebung"),
                ),
                (
                    "juror",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recusals",
                        to="jury.juror",
                        verbose_name="Jurymitglied",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="submissions.submission",
                        verbose_name="Einreichung",
                    ),
                ),
                (
                    "taken_back_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="aufgehoben von",
                    ),
                ),
            ],
            options={
                "verbose_name": "Befangenheit",
                "verbose_name_plural": "Befangenheiten",
                "ordering": ("-at",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("taken_back_at__isnull", True)),
                        fields=("juror", "submission"),
                        name="one_standing_recusal",
                        violation_error_message="Die Befangenheit ist schon erklärt.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("taken_back_at__isnull", True),
                                ("taken_back_by__isnull", True),
                                ("taken_back_reason", ""),
                            ),
                            models.Q(
                                ("taken_back_at__isnull", False),
                                ("taken_back_by__isnull", False),
                                models.Q(("taken_back_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="recusal_taken_back_has_who_when_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Score",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("points", models.PositiveSmallIntegerField(null=True, verbose_name="Punkte")),
                ("comment", models.TextField(blank=True, max_length=2000, verbose_name="Begründung")),
                (
                    "assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="scores", to="jury.assessment"
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scores",
                        to="submissions.criterion",
                        verbose_name="Kriterium",
                    ),
                ),
            ],
            options={
                "verbose_name": "Punkte",
                "verbose_name_plural": "Punkte",
                "ordering": ("criterion__position",),
                "constraints": [
                    models.UniqueConstraint(fields=("assessment", "criterion"), name="one_score_per_criterion")
                ],
            },
        ),
        migrations.CreateModel(
            name="ScoringReminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hours", models.PositiveIntegerField(verbose_name="Stunden vor Schluss")),
                ("deadline", models.DateTimeField(verbose_name="Schluss")),
                ("sent_at", models.DateTimeField(verbose_name="verschickt am")),
                (
                    "juror",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="jury.juror",
                        verbose_name="Jurymitglied",
                    ),
                ),
            ],
            options={
                "verbose_name": "Erinnerung der Jury",
                "verbose_name_plural": "Erinnerungen der Jury",
                "ordering": ("-sent_at",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("juror", "hours", "deadline"), name="one_scoring_reminder_per_offset"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.UniqueConstraint(fields=("round", "key"), name="one_seat_per_key"),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.UniqueConstraint(
                fields=("round", "position"),
                name="one_seat_per_position",
                violation_error_message="Auf diesem Platz steht schon ein Sitz.",
            ),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_chair", True)),
                fields=("round",),
                name="one_chair_per_round",
                violation_error_message="Den Vorsitz hat schon ein anderer Sitz.",
            ),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.CheckConstraint(
                condition=models.Q(("position__gte", 1), ("position__lte", 26)),
                name="seat_has_a_letter",
                violation_error_message="Die Reihenfolge geht von 1 bis 26.",
            ),
        ),
        migrations.AddConstraint(
            model_name="juror",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)),
                fields=("seat",),
                name="one_serving_juror_per_seat",
                violation_error_message="Auf diesem Sitz ist schon jemand. Benennen Sie eine Nachfolge.",
            ),
        ),
        migrations.AddConstraint(
            model_name="juror",
            constraint=models.UniqueConstraint(
                models.F("seat"),
                django.db.models.functions.text.Lower("email"),
                condition=models.Q(("until__isnull", True)),
                name="juror_address_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="juror",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_at__isnull", True), ("user__isnull", True)),
                    models.Q(("confirmed_at__isnull", False), ("invited_at__isnull", False), ("user__isnull", False)),
                    _connector="OR",
                ),
                name="juror_confirmed_has_account",
            ),
        ),
        migrations.AddConstraint(
            model_name="juror",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("notice_accepted_at__isnull", True),
                    ("notice_accepted_at__gte", models.F("confirmed_at")),
                    _connector="OR",
                ),
                name="juror_notice_after_confirmation",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "void"), _negated=True),
                fields=("seat", "submission"),
                name="one_standing_assessment_per_seat",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("finalised_at__isnull", False), ("first_finalised_at__isnull", False), ("status", "final")
                    ),
                    models.Q(("status", "final"), _negated=True),
                    _connector="OR",
                ),
                name="final_assessment_has_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("reasons", ""), _negated=True), name="decision_has_reasons"
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("laudatio__isnull", True), ("winner__isnull", True)),
                    models.Q(("laudatio__isnull", False), ("winner__isnull", False)),
                    _connector="OR",
                ),
                name="laudatio_only_for_a_winner",
                violation_error_message="Eine Laudatio gibt es genau dann, wenn es einen Preis gibt.",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("chair__isnull", True), ("chair_at__isnull", True)),
                    models.Q(("chair__isnull", False), ("chair_at__isnull", False)),
                    _connector="OR",
                ),
                name="chair_confirmation_has_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("office__isnull", True), ("office_at__isnull", True)),
                    models.Q(("office__isnull", False), ("office_at__isnull", False)),
                    _connector="OR",
                ),
                name="office_confirmation_has_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("locked_at__isnull", True),
                    models.Q(("chair__isnull", False), ("office__isnull", False)),
                    _connector="OR",
                ),
                name="decision_locked_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.UniqueConstraint(fields=("session", "juror"), name="juror_attends_once"),
        ),
    ]
