"""A week of tasks: one day at a time, each task with its hours and what the dome does in them."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QTime
from PySide6.QtWidgets import QCheckBox, QHeaderView, QTableWidget, QTimeEdit, QWidget

from app.model.ptz_plans import DAY, NUMBERED, PlanOptions, TaskWeek, TimeTask
from ui.ptz.section import LEAST, Section, button, choice, fill, note, number
from ui.ptz.words import day_word, errand_word

DAYS = range(1, 8)


class TaskSection(Section):
    """week is what the table shows; the camera has it once it is saved."""

    def __init__(self, options: PlanOptions) -> None:
        super().__init__(folded=True)
        self.title(self.tr("Time tasks"))
        self.week = TaskWeek()
        self._held = TaskWeek()
        self._options = options
        self._tasks: list[TimeTask] = []  # of the day that is shown, in the order of the rows
        self.enabled = QCheckBox(self.tr("Use them"))
        self.enabled.clicked.connect(self._head)
        self.idle = number(self.tr("Seconds until an interrupted task goes on"), 0, 7200, self.tr(" s"))
        self.idle.setToolTip(self.tr("Seconds without a command until an interrupted task goes on"))
        self.idle.valueChanged.connect(self._head)
        self.row(self.enabled, self.idle)
        self.day = choice(self.tr("Day"))
        fill(self.day, ((day_word(each), each) for each in DAYS))
        self.day.currentIndexChanged.connect(lambda _: self._show_day())
        self.add(self.day)
        self._build_table()
        put = button(self.tr("Add"), self.tr("One more task on this day"), self.tr("Add a task"))
        out = button(self.tr("Remove"), self.tr("Take the chosen task out"), self.tr("Remove the task"))
        self.everywhere = button(self.tr("To all days"), self.tr("Every day gets the tasks of this one"))
        put.clicked.connect(self.put)
        out.clicked.connect(self.take_out)
        self.everywhere.clicked.connect(self.copy_to_all)
        self.row(put, out)
        self.problem = note()
        self.problem.setProperty("role", "warn")
        self.save = button(self.tr("Save week"), self.tr("Store the week in the camera"))
        self.save.clicked.connect(self._save)
        self.row(self.everywhere, self.save)
        self.add(self.problem)
        self._show_day()

    def _build_table(self) -> None:
        self.table = QTableWidget(0, 4)
        self.table.setAccessibleName(self.tr("Tasks of the day"))
        self.table.setHorizontalHeaderLabels([self.tr("From"), self.tr("To"), self.tr("Does"), self.tr("No.")])
        self.table.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        for column, width in ((0, 58), (1, 58), (3, 44)):
            self.table.setColumnWidth(column, width)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(32)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)  # or Tab would never come out of it again
        self.table.setMinimumSize(LEAST, 150)
        self.add(self.table)

    # What it shows

    def show_week(self, week: TaskWeek) -> None:
        self.week = self._held = week
        self.enabled.setChecked(week.enabled)
        self.idle.setValue(round(week.idle))
        self._show_day()

    def _show_day(self) -> None:
        self._tasks = list(self.week.of(self.day.currentData() or 1))
        self._draw()

    def _draw(self) -> None:
        row = self.table.currentRow()
        self.table.setRowCount(0)
        self.table.setRowCount(len(self._tasks))
        for line, task in enumerate(self._tasks):
            for column, widget in enumerate(self._widgets(line, task)):
                self.table.setCellWidget(line, column, widget)
        if self._tasks:
            self.table.setCurrentCell(min(max(row, 0), len(self._tasks) - 1), 0)
        self._judge()

    def _widgets(self, line: int, task: TimeTask) -> tuple[QWidget, ...]:
        begin = self._clock(self.tr("Task {}: from").format(line + 1), task.begin)
        end = self._clock(self.tr("Task {}: to").format(line + 1), task.end)
        action = choice(self.tr("Task {}: what it does").format(line + 1))
        for each in dict.fromkeys((*self._options.task_actions, task.action)):
            action.addItem(errand_word(each), each)
        action.setCurrentIndex(action.findData(task.action))
        which = number(self.tr("Task {}: number").format(line + 1), 0, 255)
        which.setButtonSymbols(QTimeEdit.ButtonSymbols.NoButtons)
        which.setValue(task.number)
        which.setEnabled(task.action in NUMBERED)

        def changed() -> None:
            from_, to = _minute(begin.time()), _minute(end.time())
            kind = str(action.currentData())
            which.setEnabled(kind in NUMBERED)
            if to < from_:  # the later one follows the earlier
                to = from_
                end.setTime(_time(to))
            changes = {"begin": from_, "end": to, "action": kind, "number": which.value() if kind in NUMBERED else 0}
            self._tasks[line] = replace(self._tasks[line], **changes)
            self._keep()

        begin.timeChanged.connect(lambda _: changed())
        end.timeChanged.connect(lambda _: changed())
        action.currentIndexChanged.connect(lambda _: changed())
        which.valueChanged.connect(lambda _: changed())
        return begin, end, action, which

    def _clock(self, name: str, minute: int) -> QTimeEdit:
        edit = QTimeEdit(_time(minute))
        edit.setDisplayFormat("HH:mm")
        edit.setButtonSymbols(QTimeEdit.ButtonSymbols.NoButtons)  # the arrow keys do the same, and the time stays whole
        edit.setAccessibleName(name)
        return edit

    def _judge(self) -> None:
        problem = self.week.problem(self._options.tasks_a_day)
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.save.setEnabled(not problem and not _same(self.week, self._held))

    # What it does

    def _keep(self) -> None:
        self.week = self.week.with_day(self.day.currentData(), self._tasks)
        self._judge()

    def _head(self) -> None:
        self.week = replace(self.week, enabled=self.enabled.isChecked(), idle=float(self.idle.value()))
        self._judge()

    def put(self) -> None:
        last = max((task.end for task in self._tasks), default=0)
        new = TimeTask(self.day.currentData(), last, min(last + 60, DAY - 1), self._options.task_actions[0])
        self._tasks.append(new)
        self._keep()
        self._draw()
        self.table.setCurrentCell(len(self._tasks) - 1, 0)

    def take_out(self) -> None:
        row = self.table.currentRow()
        if 0 <= row < len(self._tasks):
            del self._tasks[row]
            self._keep()
            self._draw()

    def copy_to_all(self) -> None:
        for day in DAYS:
            self.week = self.week.with_day(day, self._tasks)
        self._judge()

    def _save(self) -> None:
        wanted = self.week
        self.plan(lambda plans: plans.save_tasks(wanted), "tasks")


def _same(one: TaskWeek, other: TaskWeek) -> bool:
    head = (one.enabled, one.idle) == (other.enabled, other.idle)
    return head and all(one.of(day) == other.of(day) for day in DAYS)


def _minute(time: QTime) -> int:
    return time.hour() * 60 + time.minute()


def _time(minute: int) -> QTime:
    return QTime(minute // 60, minute % 60)
