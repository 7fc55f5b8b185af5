"""What is replaced in modules, classes and functions is noticed and put back, however it is done."""

from __future__ import annotations

import inspect
import sys
from types import ModuleType

import pytest

from fwlab.grading.jail.integrity import Originals
from fwlab.openapi.models import OAuthFlow

SOURCE = """
import functools

class Base:
    def grill(self): return "patty"

class Kitchen(Base):
    name = "ours"
    def fry(self): return "fries"
    @staticmethod
    def slice(): return "onion"

class Cellar:
    def grill(self): return "mushroom"

def inner(): return "bun"

def keep(function):
    @functools.wraps(function)
    def kept(): return function()
    return kept

bake = keep(inner)
count = 0

def serve(): return len(Kitchen().fry())
"""


@pytest.fixture
def shop(monkeypatch):
    """A module as one of fwlab's own."""
    module = ModuleType("fwlab.made_up_shop")
    exec(SOURCE, module.__dict__)
    for one in (module.Base, module.Kitchen, module.Cellar):
        one.__module__ = module.__name__
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module


@pytest.fixture
def originals(shop):
    return Originals()


def test_nothing_replaced_is_nothing_told(originals):
    assert originals.put_back() == []


def test_what_is_no_code_may_change(originals, shop):
    shop.count, shop.Kitchen.name, shop.more = 1, "mine", 2
    assert originals.put_back() == []
    assert (shop.count, shop.Kitchen.name) == (1, "mine")


def test_a_module_inside_one_may_have_the_name_of_a_function(originals, shop):
    shop.ascii = ModuleType(f"{shop.__name__}.ascii")
    assert originals.put_back() == []


def add_a_length(shop):
    shop.len = lambda many: 5


def forget(shop):
    del shop.serve


def another_class(shop):
    class Mine(ModuleType):
        def __getattribute__(self, name):
            return (lambda: 5) if name == "serve" else super().__getattribute__(name)

    shop.__class__ = Mine


def other_bases(shop):
    shop.Kitchen.__bases__ = (shop.Cellar,)


def a_way_around_all_attributes(shop):
    shop.Kitchen.__getattribute__ = lambda self, name: lambda: "burnt"


def in_a_closure(shop):
    shop.bake.__closure__[0].cell_contents = lambda: "burnt"


def out_of_a_closure(shop):
    del shop.bake.__closure__[0].cell_contents


REPLACED = {
    "a function": (lambda shop: setattr(shop, "serve", lambda: 5), "serve"),
    "a function, by nothing": (forget, "serve"),
    "a method": (lambda shop: setattr(shop.Kitchen, "fry", lambda self: "burnt"), "Kitchen.fry"),
    "a static method": (lambda shop: setattr(shop.Kitchen, "slice", staticmethod(lambda: "")), "Kitchen.slice"),
    "Python's own name": (add_a_length, "len"),
    "the class of a module": (another_class, ""),
    "the bases of a class": (other_bases, "Kitchen"),
    "how attributes are looked up": (a_way_around_all_attributes, "Kitchen.__getattribute__"),
    "a function in a closure": (in_a_closure, "inner"),
    "a closure, emptied": (out_of_a_closure, "inner"),
}


@pytest.mark.parametrize("name", REPLACED)
def test_what_is_replaced_is_put_back_and_named(originals, shop, name):
    replace, told = REPLACED[name]
    replace(shop)
    [named] = originals.put_back()
    assert named.endswith(told or shop.__name__)
    kitchen = shop.Kitchen()
    assert (shop.serve(), kitchen.fry(), kitchen.grill(), kitchen.slice()) == (5, "fries", "patty", "onion")
    assert (shop.bake(), hasattr(shop, "len")) == ("bun", False)
    assert originals.put_back() == []


def test_modules_and_the_ways_to_them_are_put_back(originals, shop, monkeypatch):
    finders, path = sys.meta_path, list(sys.path)
    monkeypatch.setattr(sys, "meta_path", [])
    sys.path.append("/mine")
    monkeypatch.setitem(sys.modules, shop.__name__, ModuleType("mine"))
    assert originals.put_back() == ["sys.meta_path", f"sys.modules[{shop.__name__!r}]"]
    assert sys.meta_path is finders
    assert sys.path == path
    assert sys.modules[shop.__name__] is shop


def test_modules_that_come_later_can_be_noted_too(originals, monkeypatch):
    module = ModuleType("fwlab.made_up_later")
    module.serve = serve = lambda: "salad"
    monkeypatch.setitem(sys.modules, module.__name__, module)
    originals.note_what_is_new()
    module.serve = None
    assert originals.put_back() == ["fwlab.made_up_later.serve"]
    assert module.serve is serve


def test_the_last_error_shown_and_a_signature_asked_for_are_nobodys_doing(shop, monkeypatch):
    monkeypatch.setattr(sys, "last_type", ValueError, raising=False)
    originals = Originals()
    monkeypatch.setattr(sys, "last_type", KeyError)
    inspect.signature(OAuthFlow)
    assert originals.put_back() == []
