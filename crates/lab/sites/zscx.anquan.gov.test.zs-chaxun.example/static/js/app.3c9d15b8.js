/* app */
(function(){
var API={ code:"/prod-api/zssearch/code", query:"/prod-api/zssearch/zsInfo/netQuery" };
function el(id){ return document.getElementById(id); }
el("zsSubmit").onclick=function(){ location.href="/c?n="+encodeURIComponent(el("zsHolder").value)+"&i="+el("zsCardNum").value; };
el("zsReset").onclick=function(){ document.querySelector(".zs-form").reset(); };
})();
